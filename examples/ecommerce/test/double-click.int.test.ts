import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fixedClock } from '@ashlar/kernel/testing'
import { type AnyFailure, orThrow, type Result } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { GetCart } from '../src/application/carts/get-cart.ts'
import { OpenCart } from '../src/application/carts/open-cart.ts'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { PlaceOrder } from '../src/application/orders/place-order.ts'
import { openShop, type Shop, type StoreKind } from '../src/composition.ts'
import type { CartId } from '../src/domain/carts/shopping-cart.ts'
import { StockItem } from '../src/domain/inventory/stock-item.ts'
import { cartFor, filledCart } from './filled-cart.ts'
import { context, newCustomer, openedShops, registration } from './opened-shop.ts'
import { invalidInput } from './refusal.ts'

type Answer = Result<unknown, AnyFailure>

/** A command that is sent with a key. */
type Case = {
  readonly name: string
  /** The event that it makes. */
  readonly event: string
  /** What makes another input of it; absent where the key's owner is all there is. */
  readonly other?: object
  /** Prepares a shop for it, and tells the input. */
  prepare(shop: Shop): Promise<object>
  send(shop: Shop, input: object): Promise<Answer>
}

const clicks = 8
const idempotencyKey = 'click-1'

const cases: readonly Case[] = [
  {
    name: 'RegisterCustomer',
    event: 'CustomerRegistered',
    other: { email: 'bob@example.com' },
    prepare: async () => registration,
    send: ({ mediator }, input) => mediator.sendInput(RegisterCustomer, input, context),
  },
  {
    name: 'OpenCart',
    event: 'CartOpened',
    prepare: async (shop) => ({ customerId: await newCustomer(shop) }),
    send: ({ mediator }, input) => mediator.sendInput(OpenCart, input, context),
  },
  {
    name: 'AddItem',
    event: 'ItemAdded',
    other: { quantity: 3 },
    prepare: async (shop) => ({ cartId: await emptyCart(shop), sku: 'TEA-001', quantity: 2 }),
    send: ({ mediator }, input) => mediator.sendInput(AddItem, input, context),
  },
  {
    name: 'PlaceOrder',
    event: 'OrderPlaced',
    other: { cartId: 'another' },
    async prepare(shop) {
      const { customerId, cartId } = await filledCart(shop)
      return { customerId, cartId }
    },
    send: ({ mediator }, input) => mediator.sendInput(PlaceOrder, input, context),
  },
  {
    name: 'ReceiveStock',
    event: 'StockReceived',
    other: { quantity: 6 },
    prepare: async () => ({ sku: 'MUG-014', quantity: 5 }),
    send: ({ mediator }, input) => mediator.sendInput(ReceiveStock, input, context),
  },
]

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store, isFulfilling: false })
  })

  describe.each(cases)('sent $name under one key', ({ prepare, send, event }) => {
    it('twice, does it once, and answers twice the same', async () => {
      const input = { ...(await prepare(shop)), idempotencyKey }
      const before = await count(shop, event)

      const answers = [await send(shop, input), await send(shop, input)]

      expect(answers[0]?.isOk()).toBe(true)
      expect(answers[1]).toEqual(answers[0])
      expect((await count(shop, event)) - before).toBe(1)
    })

    it(`${clicks} times at once, does it once, and has one answer for all`, async () => {
      const input = { ...(await prepare(shop)), idempotencyKey }
      const before = await count(shop, event)

      const answers = await Promise.all(Array.from({ length: clicks }, () => send(shop, input)))

      expect(answers.filter((answer) => answer.isOk())).toHaveLength(clicks)
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect((await count(shop, event)) - before).toBe(1)
    })

    it.each<[unknown, string]>([
      ['', 'nothing'],
      ['a b', 'a blank'],
      ['x'.repeat(65), '65 characters'],
      ['a.b', 'a dot'],
      [7, 'a number'],
      [null, 'null'],
    ])('refuses a key %j, which is %s', async (key) => {
      const input = { ...(await prepare(shop)), idempotencyKey: key }

      expect((await send(shop, input))._unsafeUnwrapErr()).toMatchObject(invalidInput('idempotencyKey'))
    })
  })

  describe.each(cases.filter(({ other }) => other !== undefined))(
    'sent $name under the key of another input',
    ({ prepare, send, event, other }) => {
      it('refuses it, and does nothing', async () => {
        const input = { ...(await prepare(shop)), idempotencyKey }
        const first = await send(shop, input)
        const before = await count(shop, event)

        const refused = await send(shop, { ...input, ...other })

        expect(first.isOk()).toBe(true)
        expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'IdempotencyKeyReused' })
        expect(await count(shop, event)).toBe(before)
      })
    },
  )

  it('does without a key what it is told, as often as it is told', async () => {
    const cartId = await emptyCart(shop)
    const item = { cartId, sku: 'TEA-001', quantity: 1 }

    for (let click = 0; click < 2; click++) await orThrow(shop.mediator.sendInput(AddItem, item, context))

    const cart = (await orThrow(shop.mediator.sendInput(GetCart, { cartId }, context))).value
    expect(cart.lines).toHaveLength(2)
  })

  it('forgets the key of what it refused, so that it can go well the next time', async () => {
    const cartId = await emptyCart(shop)
    const item = { cartId, quantity: 1, idempotencyKey }
    const unknown = await shop.mediator.sendInput(AddItem, { ...item, sku: 'NO-SUCH' }, context)

    const again = await shop.mediator.sendInput(AddItem, { ...item, sku: 'TEA-001' }, context)

    expect(unknown._unsafeUnwrapErr().type).toBe('ProductUnknown')
    expect(again.isOk()).toBe(true)
  })

  it('takes no second order under a key, not even when the first answer is forgotten', async () => {
    const clock = fixedClock('2026-01-01T00:00:00.000Z')
    const late = await shops.open({ store, clock, isFulfilling: false })
    const { customerId, cartId } = await filledCart(late)
    const another = await cartFor(late, customerId)
    await orThrow(late.mediator.sendInput(PlaceOrder, { customerId, cartId, idempotencyKey }, context))

    clock.advance(48 * 60 * 60 * 1_000)
    const answers = [cartId, another.cartId].map((cart) =>
      late.mediator.sendInput(PlaceOrder, { customerId, cartId: cart, idempotencyKey }, context),
    )

    const refusals = (await Promise.all(answers)).map((answer) => answer._unsafeUnwrapErr().type)
    expect(refusals).toEqual(['CartNotOpen', 'AlreadyExists'])
    expect(await count(late, 'OrderPlaced')).toBe(1)
  })

  it('has a key for each customer, each cart and each command', async () => {
    const carts = [await filledCart(shop), await filledCart(shop)]

    for (const { customerId, cartId } of carts) {
      const item = { cartId, sku: 'MUG-014', quantity: 1, idempotencyKey }
      await orThrow(shop.mediator.sendInput(OpenCart, { customerId, idempotencyKey }, context))
      await orThrow(shop.mediator.sendInput(AddItem, item, context))
      await orThrow(shop.mediator.sendInput(PlaceOrder, { customerId, cartId, idempotencyKey }, context))
    }

    expect([await count(shop, 'OrderPlaced'), await count(shop, 'CartOpened')]).toEqual([2, 4])
  })

  it('counts stock once that two deliveries under one key brought at once', async () => {
    const delivery = { sku: 'LAMP-007', quantity: 3, idempotencyKey }

    await Promise.all([1, 2].map(() => orThrow(shop.mediator.sendInput(ReceiveStock, delivery, context))))

    const item = (await orThrow(shop.stock.get(StockItem.idOf('LAMP-007'), context))).value
    expect(item.available).toBe(3)
  })
})

describe('A shop that opens again', () => {
  const shops = openedShops()

  it('has the answers of today, and forgets those of earlier days', async () => {
    const directory = shops.folder()
    const placed = async (time: string) => {
      const shop = await openShop({
        store: 'sqlite',
        directory,
        clock: fixedClock(time),
        isFulfilling: false,
      })
      const customerId = await newCustomer(shop)
      await orThrow(shop.mediator.sendInput(OpenCart, { customerId, idempotencyKey }, context))
      await shop.close()
    }

    for (const time of ['2026-01-01T08:00:00.000Z', '2026-01-03T08:00:00.000Z', '2026-01-03T20:00:00.000Z'])
      await placed(time)

    const database = new DatabaseSync(join(directory, 'shop.db'))
    expect(database.prepare('select count(*) as kept from idempotency_keys').get()).toEqual({ kept: 2 })
    database.close()
  })
})

describe('Two shops on one file', () => {
  const shops = openedShops()

  it.each(cases)(
    'have one answer for $name that is sent to both at once',
    async ({ prepare, send, event }) => {
      const doors = [await shops.open({ store: 'sqlite' }), await shops.open({ store: 'sqlite' })] as const
      const input = { ...(await prepare(doors[0])), idempotencyKey }
      const before = await count(doors[0], event)

      const answers = await Promise.all([...doors, ...doors].map((door) => send(door, input)))

      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect((await count(doors[0], event)) - before).toBe(1)
    },
  )
})

async function emptyCart(shop: Shop): Promise<CartId> {
  const customerId = await newCustomer(shop)
  return (await orThrow(shop.mediator.sendInput(OpenCart, { customerId }, context))).value.cartId
}

async function count({ events }: Shop, wanted: string): Promise<number> {
  const all = await Array.fromAsync(events.query('all'))
  return all.filter(({ type }) => type === wanted).length
}
