import { tierNames } from '../../domain/customers/tier.ts'
import type { Replayed } from './replay-year.ts'

export type Report = Replayed & { readonly seconds: number }

/** For people; for programs there is JSON. */
export function tableOf(report: Report): string {
  const { skipped } = report
  const pounds = (report.revenuePence / 100).toLocaleString('en-GB', { style: 'currency', currency: 'GBP' })
  const lines: readonly (readonly [string, string | number])[] = [
    ['rows', report.rows],
    ['  cancellations, skipped', skipped.cancellation],
    ['  without a customer, skipped', skipped.guest],
    ['  quantity not above zero, skipped', skipped.quantity],
    ['  price not above zero, skipped', skipped.price],
    ['  became items of carts', report.lines],
    ['orders tried', report.orders],
    ['  refused by credit', report.refusedByCredit],
    ['revenue', pounds],
    ['customers', report.customers],
    ...tierNames.map((tier, at): [string, number] => [`  ${tier}`, report.tiers[at] ?? 0]),
    ['tier upgrades', report.tierUpgrades],
    ['events', report.events],
    ['seconds', report.seconds.toFixed(1)],
  ]
  return lines.map(([name, value]) => name.padEnd(36) + shown(value).padStart(16)).join('\n')
}

function shown(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en-GB') : value
}
