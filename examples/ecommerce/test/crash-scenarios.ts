import { uuidv7 } from '@ashlar/kernel'
import { openShop, type ShopOptions } from '../src/composition.ts'
import { castOf } from '../src/presentation/console/cast.ts'
import type { Evidence } from '../src/presentation/console/evidence.ts'
import { seededIds, seededRandom } from '../src/presentation/console/seeded.ts'
import { type Checkout, Till } from '../src/presentation/console/till.ts'

/** What becomes of the order: all goes well, or one of the three things that turn a saga back. */
export const scenarios = ['happy', 'declined', 'out-of-stock', 'not-shippable'] as const
export type Scenario = (typeof scenarios)[number]

const always = 1_000
/** Short, so that the next process takes over soon. */
export const leaseMs = 200

/** Opens a shop on the files of a folder, works with it, and closes it. */
export async function withShop<Value>(
  directory: string,
  options: Partial<ShopOptions>,
  work: (till: Till) => Promise<Value>,
): Promise<Value> {
  const shop = await openShop({ store: 'sqlite', directory, leaseMs, ...options })
  try {
    return await work(new Till(shop, options.ids ?? uuidv7))
  } finally {
    await shop.close()
  }
}

/** Fills a folder with what is there before the order: stock, a customer, a cart. The same each time. */
export function prepare(directory: string, scenario: Scenario): Promise<Checkout> {
  const random = seededRandom(1)
  return withShop(directory, { ids: seededIds(random) }, async (till) => {
    await till.receive({ sku: 'TEA-001', quantity: scenario === 'out-of-stock' ? 2 : 5 })
    await till.receive({ sku: 'MUG-014', quantity: 5 })
    const customerId = await till.register(castOf(random).regular)
    const cartId = await till.fillCart(
      customerId,
      { sku: 'MUG-014', quantity: 1 },
      { sku: 'TEA-001', quantity: 3 },
    )
    if (scenario === 'declined') till.shop.ledger.arrange('payments', 'charge', 'decline', always)
    if (scenario === 'not-shippable') till.shop.ledger.arrange('shipping', 'create', 'decline', always)
    return { customerId, cartId, idempotencyKey: 'the-order' }
  })
}

/** What must come out the same however often processes died on the way: no times, no ids of events, no attempts. */
export function finalState({ events, customers, cases, stock, ...providers }: Evidence) {
  const histories = Map.groupBy(events, ({ stream }) => stream)
  return {
    customers: customers.map((customer) => customer.toState()),
    orders: cases.map(({ order }) => ({ ...order.toState(), placedAt: undefined })),
    reservations: cases.map(({ reservation }) => reservation?.toState()),
    sagas: cases.map(({ saga }) => ({
      status: saga?.status,
      steps: saga?.log.map(({ step, phase, outcome, payload }) => ({ step, phase, outcome, payload })),
    })),
    stock: stock.map((item) => item.toState()),
    histories: [...histories].map(([stream, own]) => ({ stream, types: own.map(({ type }) => type) })),
    ...providers,
  }
}
