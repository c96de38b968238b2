import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Money } from '@ashlar/domain'
import { uuidv7 } from '@ashlar/kernel'
import { afterAll, describe, expect, it } from 'vitest'
import { openShop } from '../../composition.ts'
import type { Customer } from '../../domain/customers/customer.ts'
import type { Reservation } from '../../domain/inventory/reservation.ts'
import type { StockItem } from '../../domain/inventory/stock-item.ts'
import type { Order } from '../../domain/orders/order.ts'
import { castOf } from './cast.ts'
import { type Case, type Evidence, gatherEvidence } from './evidence.ts'
import { checkInvariants } from './invariants.ts'
import { seededRandom } from './seeded.ts'
import { Till } from './till.ts'

const directory = await mkdtemp(join(tmpdir(), 'invariants-test-'))
const truth = await twoOrders()
const [completed, cancelled] = truth.cases as [Case, Case]
const pound = Money.ofMinor(100, 'GBP')
const [payment] = truth.charges as [Evidence['charges'][number]]
const [parcel] = truth.parcels as [Evidence['parcels'][number]]
const [exposure] = truth.exposures as [Evidence['exposures'][number]]

afterAll(() => rm(directory, { recursive: true }))

describe('checkInvariants', () => {
  it('finds that all hold, and that each had something to look at', () => {
    expect(brokenBy({})).toEqual([])
    expect(checkInvariants([truth]).filter(({ checked }) => checked === 0)).toEqual([])
  })

  it('names what breaks an invariant', () => {
    const verdicts = checkInvariants([truth, { ...truth, charges: [payment, payment] }])

    expect(verdicts[0]).toMatchObject({ holds: false, detail: `broken by ${completed.order.id}` })
  })

  it.each<[lie: string, Partial<Evidence>, broken: string]>([
    ['a second charge', { charges: [payment, payment] }, 'no order was charged more than once'],
    [
      'a charge that is a penny short',
      { charges: [{ ...payment, pence: payment.pence - 1n }] },
      'completed orders paid their total, others nothing',
    ],
    [
      'a charge for nothing',
      { charges: [payment, { orderId: 'nobody', pence: 1n }] },
      'every payment belongs to an order',
    ],
    [
      'a point that vanished',
      { purses: [{ customerId: 'ada', given: 10, spent: 4, left: 5 }] },
      'points spent + points left = points given',
    ],
    [
      'points below zero',
      { purses: [{ customerId: 'ada', given: 10, spent: 11, left: -1 }] },
      'points spent + points left = points given',
    ],
    [
      'a card that is charged for points',
      cases({ order: like(completed.order, { payment: 'points' }) }),
      'an order is paid by its own method, and by no other',
    ],
    [
      'points for an order by card',
      { charges: [], spendings: [payment] },
      'an order is paid by its own method, and by no other',
    ],
    ['points that were taken twice', { spendings: [payment] }, 'no order was charged more than once'],
    [
      'points that came back from a completed order',
      { givenBack: [payment] },
      'completed orders paid their total, others nothing',
    ],
    ['a lost parcel', { parcels: [] }, 'one parcel and one message for a completed order'],
    [
      'a message too many',
      { messages: [...truth.messages, cancelled.order.id] },
      'one parcel and one message for a completed order',
    ],
    ['a piece that vanished', stock({ available: 1 }), 'available + reserved + sold = received'],
    ['less than nothing', stock({ available: -1 }), 'no stock is below zero'],
    ['pieces held for nobody', stock({ reserved: 1 }), 'what is held or sold is in an order'],
    [
      'stock that is still held',
      cases({ reservation: like(completed.reservation as Reservation, { status: 'held' }) }),
      'reservations ended as their orders did',
    ],
    ['a debt without an order', customer({ openValue: pound }), 'what customers owe is in open orders'],
    ['a debt at the end', customer({ openValue: pound }), 'nobody owes anything, for no order is open'],
    [
      'value that was never ordered',
      customer({ completedValue: pound }),
      'completed value is in completed orders',
    ],
    ['a tier that was not earned', customer({ tier: 'Gold' }), 'tier and limit fit the completed value'],
    [
      'a second customer with the same address',
      { customers: [...truth.customers, ...truth.customers] },
      'one address, one customer',
    ],
    ['a customer who is on no page', { pages: [] }, 'the pages of a search have everybody once'],
    [
      'a customer who is on two pages',
      { pages: [...truth.pages, ...truth.pages] },
      'the pages of a search have everybody once',
    ],
    ['somebody on a page whom nobody knows', { customers: [] }, 'the pages of a search have everybody once'],
    [
      'a name that is another one on its page',
      pages({ items: truth.pages.flatMap(({ items }) => items.map((item) => ({ ...item, name: 'Eve' }))) }),
      'the pages of a search have everybody once',
    ],
    ['a page that counts one more', pages({ totalCount: 2 }), 'every page knows how many there are'],
    ['a page that is not there', pages({ totalPages: 2 }), 'every page knows how many there are'],
    ['an order without a saga', cases({ saga: undefined }), 'every order has one saga, and both have ended'],
    [
      'a saga that goes on',
      cases({ saga: { status: 'running', log: completed.saga?.log ?? [] } }),
      'every order has one saga, and both have ended',
    ],
    [
      'an order that is open',
      cases({ order: like(completed.order, { status: 'placed' }) }),
      'every order has one saga, and both have ended',
    ],
    [
      'a step that succeeded twice',
      cases({
        saga: { status: 'completed', log: [...(completed.saga?.log ?? []), ...(completed.saga?.log ?? [])] },
      }),
      'no step has succeeded twice',
    ],
    [
      'a compensation from left to right',
      {
        cases: [
          completed,
          { ...cancelled, saga: { status: 'compensated', log: [...(cancelled.saga?.log ?? [])].reverse() } },
        ],
      },
      'what was begun was undone, last step first',
    ],
    [
      'a parcel that travels otherwise',
      { parcels: [{ ...parcel, service: parcel.service === 'express' ? 'standard' : 'express' }] },
      'a parcel travels as was promised with the order',
    ],
    [
      'a promise that is not in the event',
      { events: truth.events.filter(({ type }) => type !== 'OrderPlaced') },
      'a parcel travels as was promised with the order',
    ],
    [
      'somebody who counts for the other arm',
      exposures({ variant: exposure.variant === 'control' ? 'treatment' : 'control' }),
      'who counts for an arm of the test has an order of it',
    ],
    [
      'somebody who counts without an order',
      exposures({ unit: 'nobody' }),
      'who counts for an arm of the test has an order of it',
    ],
    [
      'a country that was told',
      exposures({ attributes: { tier: 'Basic', country: 'GB' } }),
      'the test learns of nobody more than the tier',
    ],
    ['a hole in a stream', { events: truth.events.slice(1) }, 'versions of each stream run 1, 2, 3 …'],
    [
      'the same event twice',
      { events: [...truth.events, ...truth.events.slice(-1)] },
      'positions only rise, and no event id comes twice',
    ],
    [
      'an order whose cart is still open',
      { events: truth.events.filter(({ type }) => type !== 'CartCheckedOut') },
      'every order comes of one cart, at its total',
    ],
    [
      'a checkout without an order',
      { cases: [completed] },
      'every cart that was checked out became an order',
    ],
  ])('sees %s', (_, lie, broken) => {
    expect(brokenBy(lie)).toContain(broken)
  })
})

function brokenBy(lie: Partial<Evidence>): readonly string[] {
  return checkInvariants([{ ...truth, ...lie }])
    .filter(({ holds }) => !holds)
    .map(({ name }) => name)
}

/** One order that is completed, and one that is undone, in a shop in memory; somebody has points. */
async function twoOrders(): Promise<Evidence> {
  const pluginFolder = join(directory, 'no-plugins')
  await mkdir(pluginFolder)
  const shop = await openShop({ store: 'memory', directory, pluginFolder })
  shop.plugins?.points.give('ada', 10, 'gift')
  const till = new Till(shop, uuidv7)
  const stop = new AbortController()
  const running = shop.orchestrator.run({ signal: stop.signal })
  await till.receive({ sku: 'TEA-001', quantity: 2 })
  const customerId = await till.register(castOf(seededRandom(1)).regular)
  for (const key of ['completed', 'cancelled'])
    await till.outcome(await till.order(customerId, key, { sku: 'TEA-001', quantity: 2 }))
  const evidence = await gatherEvidence(shop)
  stop.abort()
  await running
  await shop.close()
  return evidence
}

/** The same in all but what is named, which no rule of the domain would allow. */
function like<Thing extends object>(thing: Thing, lies: object): Thing {
  return new Proxy(thing, {
    get: (target, name) => {
      if (Object.hasOwn(lies, name)) return Reflect.get(lies, name)
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function stock(lies: object): Partial<Evidence> {
  return { stock: truth.stock.map((item: StockItem) => like(item, lies)) }
}

function customer(lies: object): Partial<Evidence> {
  return { customers: truth.customers.map((one: Customer) => like(one, lies)) }
}

function pages(lies: Partial<Evidence['pages'][number]>): Partial<Evidence> {
  return { pages: truth.pages.map((page) => ({ ...page, ...lies })) }
}

function exposures(lies: Partial<Evidence['exposures'][number]>): Partial<Evidence> {
  return { exposures: truth.exposures.map((one) => ({ ...one, ...lies })) }
}

function cases(lies: Partial<{ order: Order } & Case>): Partial<Evidence> {
  return { cases: [{ ...completed, ...lies }, cancelled] }
}
