import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { OpenCart } from '../src/application/carts/open-cart.ts'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { SearchCustomers } from '../src/application/customers/search-customers.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { CancelOrder } from '../src/application/orders/cancel-order.ts'
import { CompleteOrder } from '../src/application/orders/complete-order.ts'
import { GetOrder } from '../src/application/orders/get-order.ts'
import { PlaceOrder } from '../src/application/orders/place-order.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import type { CartId } from '../src/domain/carts/shopping-cart.ts'
import type { CustomerId } from '../src/domain/customers/customer.ts'
import { StockItem } from '../src/domain/inventory/stock-item.ts'
import type { OrderId } from '../src/domain/orders/order.ts'
import { chargesOf } from '../src/infrastructure/providers/card-payments.ts'
import { context, creditOf, newCustomer, openedShops, registration } from './opened-shop.ts'

const racers = 8
const crowd = 50
const lamp = 'LAMP-007'

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()

  it('sells the last piece to one of 8 buyers, and makes the others whole', async () => {
    const shop = await shops.open({ store })
    await receive(shop, 1)
    const buyers = await Promise.all(Array.from({ length: racers }, () => buyerWithCart(shop)))

    const orders = await Promise.all(buyers.map((buyer) => orThrow(place(shop, buyer, 'key-1'))))
    const ends = await Promise.all(orders.map(({ value }) => endOf(shop, value.orderId)))

    expect(ends.map(({ saga }) => saga).sort()).toEqual([
      ...Array(racers - 1).fill('compensated'),
      'completed',
    ])
    expect(ends.map(({ status }) => status).sort()).toEqual([
      ...Array(racers - 1).fill('cancelled'),
      'completed',
    ])
    expect(await shelf(shop)).toEqual({ available: 0, reserved: 0 })
    expect(chargesOf(shop.ledger)).toHaveLength(1)
    expect(shop.ledger.effects('shipping', 'create')).toHaveLength(1)
    for (const { customerId } of buyers) expect((await creditOf(shop, customerId)).open).toBe('0.00')
  })

  it.each([
    ['the card is declined', 'payments', 'charge', 0],
    ['no carrier goes there', 'shipping', 'create', racers],
  ] as const)(
    'gives everything back when %s for all of 8 buyers at once',
    async (_, service, operation, charges) => {
      const shop = await shops.open({ store })
      await receive(shop, racers)
      shop.ledger.arrange(service, operation, 'decline', racers)
      const buyers = await Promise.all(Array.from({ length: racers }, () => buyerWithCart(shop)))

      const orders = await Promise.all(buyers.map((buyer) => orThrow(place(shop, buyer, 'key-1'))))
      const ends = await Promise.all(orders.map(({ value }) => endOf(shop, value.orderId)))

      expect(ends).toEqual(Array(racers).fill({ saga: 'compensated', status: 'cancelled' }))
      expect(await shelf(shop)).toEqual({ available: racers, reserved: 0 })
      expect(chargesOf(shop.ledger)).toHaveLength(charges)
      const refunds = shop.ledger.effects('payments', 'refund').map(({ reference }) => reference)
      expect(refunds.sort()).toEqual(
        chargesOf(shop.ledger)
          .map(({ key }) => `pay-${key}`)
          .sort(),
      )
      for (const { customerId } of buyers) expect((await creditOf(shop, customerId)).open).toBe('0.00')
    },
  )

  it('makes one order and one charge of a checkout that is sent 8 times at once', async () => {
    const shop = await shops.open({ store })
    await receive(shop, 5)
    const buyer = await buyerWithCart(shop)

    const answers = await Promise.all(Array.from({ length: racers }, () => place(shop, buyer, 'key-1')))

    const [orderId, ...others] = new Set(answers.map((answer) => answer._unsafeUnwrap().orderId))
    expect(others).toEqual([])
    expect(await endOf(shop, orderId as OrderId)).toEqual({ saga: 'completed', status: 'completed' })
    expect(chargesOf(shop.ledger)).toHaveLength(1)
    expect(await shelf(shop)).toEqual({ available: 4, reserved: 0 })
    expect(await ordersOf(shop)).toEqual([orderId])
  })

  it('makes one order of a cart that is checked out under 8 keys at once', async () => {
    const shop = await shops.open({ store })
    await receive(shop, 5)
    const buyer = await buyerWithCart(shop)

    const answers = await Promise.all(
      Array.from({ length: racers }, (_, number) => place(shop, buyer, `key-${number}`)),
    )

    const placed = answers.filter((answer) => answer.isOk()).map(({ value }) => value.orderId)
    const refusals = answers.filter((answer) => answer.isErr()).map(({ error }) => error.type)
    expect(placed).toHaveLength(1)
    expect(refusals).toHaveLength(racers - 1)
    for (const type of refusals) expect(['CartNotOpen', 'VersionConflict']).toContain(type)
    expect(await ordersOf(shop)).toEqual(placed)
    expect((await creditOf(shop, buyer.customerId)).limit).toBe('1000.00')
    await endOf(shop, placed[0] as OrderId)
    expect(chargesOf(shop.ledger)).toHaveLength(1)
  })

  it('never lets concurrent orders of one customer exceed the credit limit', async () => {
    const shop = await shops.open({ store, isFulfilling: false })
    const customerId = await newCustomer(shop)
    const carts = await Promise.all(Array.from({ length: racers }, () => cartOf(shop, customerId, 3)))

    const answers = await Promise.all(
      carts.map((cartId, number) => place(shop, { customerId, cartId }, `key-${number}`)),
    )

    const refusals = answers.filter((answer) => answer.isErr()).map(({ error }) => error.type)
    expect(refusals).toEqual(Array(racers - 3).fill('CreditLimitExceeded'))
    expect(await creditOf(shop, customerId)).toEqual({ open: '801.00', limit: '1000.00' })
    expect(await ordersOf(shop)).toHaveLength(3)
  })

  it('leaves the cart open for those that were refused their credit', async () => {
    const shop = await shops.open({ store, isFulfilling: false })
    const customerId = await newCustomer(shop)
    const cartId = await cartOf(shop, customerId, 12)

    const refused = await place(shop, { customerId, cartId }, 'key-1')

    expect(refused._unsafeUnwrapErr()).toMatchObject({
      type: 'CreditLimitExceeded',
      wanted: { currency: 'GBP', amount: '1068.00' },
    })
    const again = await shop.mediator.send(new AddItem({ cartId, sku: lamp, quantity: 1 }), context)
    expect(again.isOk()).toBe(true)
    expect(await ordersOf(shop)).toEqual([])
  })

  it('settles an order once, when it is completed and cancelled 8 times at once', async () => {
    const shop = await shops.open({ store, isFulfilling: false })
    const buyer = await buyerWithCart(shop)
    const { orderId } = (await orThrow(place(shop, buyer, 'key-1'))).value

    const answers = await Promise.all(
      Array.from({ length: racers }, (_, number) =>
        number % 2 === 0
          ? shop.mediator.send(new CompleteOrder({ orderId }), context)
          : shop.mediator.send(new CancelOrder({ orderId, reason: 'changed my mind' }), context),
      ),
    )

    const refusals = answers.filter((answer) => answer.isErr()).map(({ error }) => error.type)
    expect(refusals).toHaveLength(racers / 2)
    expect((await creditOf(shop, buyer.customerId)).open).toBe('0.00')
    expect((await eventsOf(shop, 'order')).map(({ type }) => type)).toHaveLength(2)
  })

  it(`registers one of ${crowd} who come at once with one address, each in a spelling of its own`, async () => {
    const shop = await shops.open({ store, isFulfilling: false })

    const answers = await Promise.all(spellings(crowd).map((email) => register(shop, email)))

    expect(answers.map(outcome).sort()).toEqual([...Array(crowd - 1).fill('EmailTaken'), 'registered'])
    expect(await eventsOf(shop, 'customer')).toHaveLength(1)
  })

  it('keeps every item that 8 hands put into one cart at once', async () => {
    const shop = await shops.open({ store, isFulfilling: false })
    const { customerId, cartId } = await buyerWithCart(shop)

    const answers = await Promise.all(
      Array.from({ length: racers }, () =>
        shop.mediator.send(new AddItem({ cartId, sku: lamp, quantity: 1 }), context),
      ),
    )

    expect(answers.every((answer) => answer.isOk())).toBe(true)
    const order = (await orThrow(place(shop, { customerId, cartId }, 'key-1'))).value
    expect(order.total.amount).toBe('801.00')
  })
})

describe('Two shops on one file', () => {
  const shops = openedShops()

  it(`register one of ${crowd} who come at once with one address, each in a spelling of its own`, async () => {
    const doors = [await shops.open({ store: 'sqlite' }), await shops.open({ store: 'sqlite' })] as const

    const answers = await Promise.all(
      spellings(crowd).map((email, number) => register(doors[number % 2] ?? doors[0], email)),
    )

    expect(answers.map(outcome).sort()).toEqual([...Array(crowd - 1).fill('EmailTaken'), 'registered'])
    expect(await eventsOf(doors[1], 'customer')).toHaveLength(1)
    const listed = await orThrow(doors[1].mediator.sendInput(SearchCustomers, {}, context))
    expect(listed.value.items).toMatchObject([{ email: expect.stringMatching(/^lovelace@example\.com$/i) }])
  })

  it('sell the last piece once', async () => {
    const doors = [await shops.open({ store: 'sqlite' }), await shops.open({ store: 'sqlite' })] as const
    await receive(doors[0], 1)
    const buyers = await Promise.all(Array.from({ length: 4 }, () => buyerWithCart(doors[0])))

    const orders = await Promise.all(
      buyers.map((buyer, number) => orThrow(place(doors[number % 2] ?? doors[0], buyer, 'key-1'))),
    )
    const ends = await Promise.all(orders.map(({ value }) => endOf(doors[1], value.orderId)))

    expect(ends.map(({ saga }) => saga).sort()).toEqual([...Array(3).fill('compensated'), 'completed'])
    expect(await shelf(doors[1])).toEqual({ available: 0, reserved: 0 })
    expect(chargesOf(doors[0].ledger)).toHaveLength(1)
    for (const { customerId } of buyers) expect((await creditOf(doors[1], customerId)).open).toBe('0.00')
  })
})

type Buyer = { readonly customerId: CustomerId; readonly cartId: CartId }

async function receive(shop: Shop, quantity: number): Promise<void> {
  await orThrow(shop.mediator.send(new ReceiveStock({ sku: lamp, quantity }), context))
}

async function buyerWithCart(shop: Shop): Promise<Buyer> {
  const customerId = await newCustomer(shop)
  return { customerId, cartId: await cartOf(shop, customerId, 1) }
}

async function cartOf(shop: Shop, customerId: CustomerId, quantity: number): Promise<CartId> {
  const { cartId } = (await orThrow(shop.mediator.send(new OpenCart({ customerId }), context))).value
  await orThrow(shop.mediator.send(new AddItem({ cartId, sku: lamp, quantity }), context))
  return cartId
}

function place(shop: Shop, buyer: Buyer, idempotencyKey: string) {
  return shop.mediator.send(new PlaceOrder({ ...buyer, idempotencyKey }), context)
}

function register(shop: Shop, email: string) {
  return shop.mediator.sendInput(RegisterCustomer, { ...registration, email }, context)
}

function outcome(answer: Awaited<ReturnType<typeof register>>): string {
  return answer.isOk() ? 'registered' : answer.error.type
}

/** The same address, each time with other letters in upper case. */
function spellings(count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) =>
    [...'lovelace@example.com']
      .map((letter, bit) => ((number >> (bit % 6)) & 1 ? letter.toUpperCase() : letter))
      .join(''),
  )
}

async function endOf(shop: Shop, orderId: OrderId): Promise<{ saga: string; status: string }> {
  const { status: saga } = await shop.sagaOf(orderId).outcome()
  const { status } = (await orThrow(shop.mediator.send(new GetOrder({ orderId }), context))).value
  return { saga, status }
}

async function shelf(shop: Shop): Promise<{ available: number; reserved: number }> {
  const { available, reserved } = (await orThrow(shop.stock.get(StockItem.idOf(lamp), context))).value
  return { available, reserved }
}

/** The ids of all orders that were placed. */
async function ordersOf(shop: Shop): Promise<readonly unknown[]> {
  const placed = (await eventsOf(shop, 'order')).filter(({ type }) => type === 'OrderPlaced')
  return placed.map(({ data }) => (data as { orderId: string }).orderId)
}

async function eventsOf(shop: Shop, category: string) {
  return Array.fromAsync(shop.events.query({ category }))
}
