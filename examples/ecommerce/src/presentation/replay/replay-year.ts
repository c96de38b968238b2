import type { Shop } from '../../composition.ts'
import { type Tier, tierNames } from '../../domain/customers/tier.ts'
import type { InvoiceCatalogue } from '../../infrastructure/replay/invoice-catalogue.ts'
import type { Buyer, RetailYear } from '../../infrastructure/replay/retail-year.ts'
import { type Outcome, ReplayedCustomer } from './replayed-customer.ts'
import { sideBySide } from './side-by-side.ts'

/** What a replay did; what `--json` prints, but for the time. */
export type Replayed = {
  readonly rows: number
  readonly skipped: RetailYear['skipped']
  /** Invoices tried. */
  readonly orders: number
  /** Rows that became items of carts. */
  readonly lines: number
  readonly customers: number
  readonly refusedByCredit: number
  readonly tierUpgrades: number
  /** How many customers have each tier at the end, the lowest first. */
  readonly tiers: readonly number[]
  /** Of accepted orders. */
  readonly revenuePence: number
  /** How many there are in the event store. */
  readonly events: number
}

type Options = {
  readonly shop: Shop
  /** The one that the shop was opened with. */
  readonly catalogue: InvoiceCatalogue
  readonly signal: AbortSignal
  readonly onLine: () => void
}

const atMost = 64

/** Lets all customers buy side by side, and each of them one invoice after the other. */
export async function replayYear(year: RetailYear, options: Options): Promise<Replayed> {
  const { shop, catalogue, signal, onLine } = options
  const tally = new Tally()
  const replay = async (buyer: Buyer, signal: AbortSignal) => {
    const customer = new ReplayedCustomer(buyer, shop, catalogue, signal)
    for (const invoice of buyer.invoices) tally.count(await customer.buy(invoice, onLine))
    tally.countTier(await customer.tier())
  }
  await sideBySide(busiestFirst(year.buyers), replay, { atMost, signal })
  return {
    rows: year.rows,
    skipped: year.skipped,
    orders: tally.orders,
    lines: linesOf(year.buyers),
    customers: year.buyers.length,
    refusedByCredit: tally.refusedByCredit,
    tierUpgrades: tally.tierUpgrades,
    tiers: tierNames.map((tier) => tally.tiers.get(tier) ?? 0),
    revenuePence: Number(tally.pence),
    events: await countEvents(shop, signal),
  }
}

export function linesOf(buyers: readonly Buyer[]): number {
  return buyers.reduce(
    (lines, { invoices }) => invoices.reduce((sum, { sales }) => sum + sales.length, lines),
    0,
  )
}

/** Whoever has most to buy would else be alone at the end. */
function busiestFirst(buyers: readonly Buyer[]): readonly Buyer[] {
  return buyers
    .map((buyer) => ({ buyer, lines: linesOf([buyer]) }))
    .sort((one, other) => other.lines - one.lines)
    .map(({ buyer }) => buyer)
}

async function countEvents({ events }: Shop, signal: AbortSignal): Promise<number> {
  let count = 0
  for await (const _ of events.query('all', { signal })) count++
  return count
}

class Tally {
  orders = 0
  refusedByCredit = 0
  tierUpgrades = 0
  pence = 0n
  readonly tiers = new Map<Tier, number>()

  count(outcome: Outcome): void {
    this.orders++
    if (outcome.type === 'refused') {
      this.refusedByCredit++
      return
    }
    this.pence += outcome.pence
    if (outcome.isUpgraded) this.tierUpgrades++
  }

  countTier(tier: Tier): void {
    this.tiers.set(tier, (this.tiers.get(tier) ?? 0) + 1)
  }
}
