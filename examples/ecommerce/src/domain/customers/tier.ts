import { Money } from '@ashlar/domain'

export type Tier = 'Basic' | 'Silver' | 'Gold' | 'Platinum'

type Terms = { readonly tier: Tier; readonly from: Money; readonly creditLimit: Money }

const pounds = (amount: number): Money => Money.ofMinor(amount * 100, 'GBP')

/** From which value of completed orders on a tier applies, and the credit that it gives; lowest first. */
const tiers: readonly [Terms, ...Terms[]] = [
  { tier: 'Basic', from: pounds(0), creditLimit: pounds(1_000) },
  { tier: 'Silver', from: pounds(5_000), creditLimit: pounds(5_000) },
  { tier: 'Gold', from: pounds(20_000), creditLimit: pounds(20_000) },
  { tier: 'Platinum', from: pounds(50_000), creditLimit: pounds(50_000) },
]

export const tierNames: readonly Tier[] = tiers.map(({ tier }) => tier)

export function tierFor(completed: Money): Tier {
  return tiers.findLast(({ from }) => from.isAtMost(completed))?.tier ?? 'Basic'
}

export function creditLimitOf(tier: Tier): Money {
  return (tiers.find((terms) => terms.tier === tier) ?? tiers[0]).creditLimit
}

/** Its place among the tiers; counts from 0, the lowest. */
export function rankOf(tier: Tier): number {
  return tierNames.indexOf(tier)
}

export function isHigher(one: Tier, other: Tier): boolean {
  return rankOf(one) > rankOf(other)
}
