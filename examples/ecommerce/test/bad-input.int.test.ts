import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Json } from '@ashlar/kernel'
import { type AnyFailure, orThrow, type Result } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { ChangeQuantity } from '../src/application/carts/change-quantity.ts'
import { GetCart } from '../src/application/carts/get-cart.ts'
import { OpenCart } from '../src/application/carts/open-cart.ts'
import { RemoveItem } from '../src/application/carts/remove-item.ts'
import { GetCustomer } from '../src/application/customers/get-customer.ts'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { EndReservation } from '../src/application/inventory/end-reservation.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { ReserveStock } from '../src/application/inventory/reserve-stock.ts'
import { CancelOrder } from '../src/application/orders/cancel-order.ts'
import { CompleteOrder } from '../src/application/orders/complete-order.ts'
import { GetOrder } from '../src/application/orders/get-order.ts'
import { PlaceOrder } from '../src/application/orders/place-order.ts'
import { openShop, type Shop, type StoreKind } from '../src/composition.ts'
import type { CartId } from '../src/domain/carts/shopping-cart.ts'
import { UnitPrice } from '../src/domain/catalogue/unit-price.ts'
import type { CustomerId } from '../src/domain/customers/customer.ts'
import { fixedCatalogue } from '../src/infrastructure/fixed-catalogue.ts'
import { context, newCustomer, openedShops, registration } from './opened-shop.ts'
import { temporaryFolder } from './temporary-folder.ts'

const deep = 5_000
const invalidInput = (path: string) => ({
  type: 'InvalidInput',
  issues: expect.arrayContaining([expect.objectContaining({ path })]),
  message: expect.stringContaining(path),
})

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store, isFulfilling: false })
  })
  afterEach(() => expectAlive(shop))

  describe('asked to register', () => {
    const guardFailed = { type: 'GuardFailed', path: 'name' }

    it.each<[string, object, object]>([
      ['an empty e-mail address', { email: '' }, { type: 'InvalidEmail' }],
      [
        'an e-mail address of 300 characters',
        { email: `${'a'.repeat(288)}@example.com` },
        { type: 'InvalidEmail' },
      ],
      ['an e-mail address of 50,000 dots', { email: `a@${'.'.repeat(50_000)}` }, { type: 'InvalidEmail' }],
      ['an e-mail address with a header', { email: 'ada@example.com\r\nBcc: all' }, { type: 'InvalidEmail' }],
      ['an e-mail address with a look-alike', { email: 'ada@ex\u0430mple.com' }, { type: 'InvalidEmail' }],
      ['an e-mail address with an umlaut', { email: 'ada@m\u00fcnchen.example' }, { type: 'InvalidEmail' }],
      ['an e-mail address that is a number', { email: 42 }, invalidInput('email')],
      ['an e-mail address that is a list', { email: ['ada@example.com'] }, invalidInput('email')],
      ['a phone number of 2 digits', { phone: '12' }, { type: 'InvalidPhoneNumber' }],
      ['a phone number of 28 digits', { phone: '1'.repeat(28) }, { type: 'InvalidPhoneNumber' }],
      ['a phone number of letters', { phone: 'call me' }, { type: 'InvalidPhoneNumber' }],
      [
        'a phone number of a million digits',
        { phone: '1'.repeat(1_000_000) },
        { type: 'InvalidPhoneNumber' },
      ],
      ['a blank name', { name: ' \t ' }, guardFailed],
      ['a name of 101 characters', { name: 'x'.repeat(101) }, guardFailed],
      ['a name of a million characters', { name: 'x'.repeat(1_000_000) }, guardFailed],
      ['a name with a header', { name: 'Ada\r\nBcc: all' }, guardFailed],
      ['a name with U+0000', { name: 'Ada\0' }, guardFailed],
      ['a name with half a surrogate pair', { name: 'Ada\ud800' }, guardFailed],
      ['no name', { name: undefined }, invalidInput('name')],
      [
        'an address without a street',
        { address: { ...registration.address, street: '' } },
        { type: 'InvalidAddress' },
      ],
      [
        'an address with one line more',
        { address: { ...registration.address, planet: 'Mars' } },
        invalidInput('address.planet'),
      ],
      ['an address that is a text', { address: 'London' }, invalidInput('address')],
      ['a tier of its own choice', { tier: 'Platinum' }, invalidInput('tier')],
      ['a credit limit of its own choice', { creditLimit: '50000.00' }, invalidInput('creditLimit')],
      ['an id of its own choice', { id: 'me' }, invalidInput('id')],
      ['a key of 10,000 characters', { ['x'.repeat(10_000)]: 1 }, { type: 'InvalidInput' }],
    ])('refuses %s', async (_, change, expected) => {
      await expectRefusal(
        shop,
        () => shop.mediator.sendInput(RegisterCustomer, { ...registration, ...change }, context),
        expected,
      )
    })

    it.each(['__proto__', 'constructor', 'prototype', 'toString'])(
      'refuses a key "%s", and names it',
      async (key) => {
        const input = withKey(registration, key, { tier: 'Platinum' })

        await expectRefusal(
          shop,
          () => shop.mediator.sendInput(RegisterCustomer, input, context),
          invalidInput(key),
        )

        expect(Reflect.get({}, 'tier')).toBeUndefined()
      },
    )

    it.each([undefined, null, 42, 'ada', true, [], {}, () => registration])('refuses %j', async (input) => {
      await expectRefusal(shop, () => shop.mediator.sendInput(RegisterCustomer, input, context), {
        type: 'InvalidInput',
      })
    })

    it('refuses an address of e-mail that somebody has in another spelling', async () => {
      await newCustomer(shop, 'Ada@Example.com')

      await expectRefusal(
        shop,
        () =>
          shop.mediator.sendInput(RegisterCustomer, { ...registration, email: 'aDA@example.COM' }, context),
        { type: 'EmailTaken', email: 'aDA@example.com' },
      )
    })
  })

  describe('asked for a quantity', () => {
    it.each<[string, unknown, object]>([
      ['0', 0, { type: 'InvalidQuantity', found: 0 }],
      ['-1', -1, { type: 'InvalidQuantity', found: -1 }],
      ['1.5', 1.5, { type: 'InvalidQuantity', found: 1.5 }],
      ['1,000,001', 1_000_001, { type: 'InvalidQuantity', found: 1_000_001 }],
      ['2^53', 2 ** 53, { type: 'InvalidQuantity', found: 2 ** 53 }],
      ['1e400', JSON.parse('1e400'), { type: 'InvalidQuantity' }],
      ['NaN', Number.NaN, invalidInput('quantity')],
      ['"3"', '3', invalidInput('quantity')],
      ['null', null, invalidInput('quantity')],
      ['true', true, invalidInput('quantity')],
      ['3n', 3n, invalidInput('quantity')],
      ['[3]', [3], invalidInput('quantity')],
      ['nothing', undefined, invalidInput('quantity')],
    ])('refuses %s', async (_, quantity, expected) => {
      const { cartId, lineId } = await filledCart(shop)
      const { mediator } = shop

      await expectRefusal(
        shop,
        () => mediator.sendInput(AddItem, { cartId, sku: 'TEA-001', quantity }, context),
        expected,
      )
      await expectRefusal(
        shop,
        () => mediator.sendInput(ChangeQuantity, { cartId, lineId, quantity }, context),
        expected,
      )
      await expectRefusal(
        shop,
        () => mediator.sendInput(ReceiveStock, { sku: 'TEA-001', quantity }, context),
        expected,
      )
    })
  })

  describe('asked for an item', () => {
    it.each(['NO-SUCH', 'tea-001', 'TEA-001 ', 'constructor', '__proto__', "' OR 1=1 --"])(
      'knows no product "%s"',
      async (sku) => {
        const { cartId } = await filledCart(shop)

        await expectRefusal(
          shop,
          () => shop.mediator.sendInput(AddItem, { cartId, sku, quantity: 1 }, context),
          {
            type: 'ProductUnknown',
            sku,
            message: expect.stringContaining(sku),
          },
        )
      },
    )

    it.each(['unitPrice', 'price', 'lineId', 'currency'])('takes no "%s" from a client', async (key) => {
      const { cartId } = await filledCart(shop)
      const input = { cartId, sku: 'TEA-001', quantity: 1, [key]: '0.01' }

      await expectRefusal(shop, () => shop.mediator.sendInput(AddItem, input, context), invalidInput(key))
    })

    it.each(['__proto__', 'constructor'])('takes no "%s" from a client', async (key) => {
      const { cartId } = await filledCart(shop)
      const input = withKey({ cartId, sku: 'TEA-001', quantity: 1 }, key, { unitPrice: '0.01' })

      await expectRefusal(shop, () => shop.mediator.sendInput(AddItem, input, context), invalidInput(key))
    })

    it('refuses what lies 5,000 levels deep, wherever it stands', async () => {
      const { cartId } = await filledCart(shop)
      const well = nested(deep)
      const { mediator } = shop

      await expectRefusal(shop, () => mediator.sendInput(AddItem, well, context), { type: 'InvalidInput' })
      await expectRefusal(
        shop,
        () => mediator.sendInput(AddItem, { cartId, sku: 'TEA-001', quantity: 1, well }, context),
        invalidInput('well'),
      )
      await expectRefusal(
        shop,
        () => mediator.sendInput(RegisterCustomer, { ...registration, address: well }, context),
        { type: 'InvalidInput' },
      )
      await expectRefusal(
        shop,
        () => mediator.sendInput(RegisterCustomer, { ...registration, email: well }, context),
        invalidInput('email'),
      )
    })

    it('refuses a line that is not there', async () => {
      const { cartId } = await filledCart(shop)

      for (const lineId of ['NO-SUCH', '__proto__', 'constructor']) {
        await expectRefusal(shop, () => shop.mediator.sendInput(RemoveItem, { cartId, lineId }, context), {
          type: 'LineUnknown',
          cartId,
          lineId,
        })
      }
    })
  })

  describe('given an id', () => {
    it.each([
      ['nothing', ''],
      ['white space', '  '],
      ['129 characters', 'x'.repeat(129)],
      ['a million characters', 'x'.repeat(1_000_000)],
      ['a line feed', 'a\nb'],
      ['U+0000', 'a\0b'],
      ['half a surrogate pair', '\ud800'],
      ['a number', 42],
      ['an object', { toString: () => 'cart' }],
      ['null', null],
    ])('refuses %s', async (_, id) => {
      const { mediator } = shop

      await expectRefusal(
        shop,
        () => mediator.sendInput(OpenCart, { customerId: id }, context),
        invalidInput('customerId'),
      )
      await expectRefusal(
        shop,
        () => mediator.sendInput(GetCart, { cartId: id }, context),
        invalidInput('cartId'),
      )
      await expectRefusal(
        shop,
        () => mediator.sendInput(GetOrder, { orderId: id }, context),
        invalidInput('orderId'),
      )
      await expectRefusal(
        shop,
        () => mediator.sendInput(ReceiveStock, { sku: id, quantity: 1 }, context),
        invalidInput('sku'),
      )
    })

    it.each([
      'NO-SUCH',
      '__proto__',
      'constructor',
      "'; DROP TABLE customers; --",
      '\u{1F6D2}',
      'x'.repeat(128),
    ])('finds nothing under "%s"', async (id) => {
      const { mediator } = shop
      const notFound = { type: 'AggregateNotFound', id, message: expect.stringContaining(id) }

      await expectRefusal(shop, () => mediator.sendInput(GetCustomer, { customerId: id }, context), notFound)
      await expectRefusal(shop, () => mediator.sendInput(OpenCart, { customerId: id }, context), notFound)
      await expectRefusal(shop, () => mediator.sendInput(GetCart, { cartId: id }, context), notFound)
      await expectRefusal(
        shop,
        () => mediator.sendInput(AddItem, { cartId: id, sku: 'TEA-001', quantity: 1 }, context),
        notFound,
      )
      await expectRefusal(shop, () => mediator.sendInput(GetOrder, { orderId: id }, context), notFound)
    })
  })

  describe('asked to check out', () => {
    it('refuses an empty cart', async () => {
      const customerId = await newCustomer(shop)
      const { cartId } = (await orThrow(shop.mediator.send(new OpenCart({ customerId }), context))).value

      await expectRefusal(shop, () => checkOut(shop, { customerId, cartId }), { type: 'CartEmpty', cartId })
    })

    it('refuses a cart that is checked out', async () => {
      const cart = await filledCart(shop)
      await orThrow(checkOut(shop, cart))

      await expectRefusal(shop, () => checkOut(shop, { ...cart, idempotencyKey: 'key-2' }), {
        type: 'CartNotOpen',
        cartId: cart.cartId,
      })
    })

    it('knows a cart of somebody else no better than one that is not there', async () => {
      const { cartId } = await filledCart(shop)
      const customerId = await newCustomer(shop)

      const foreign = { type: 'AggregateNotFound', aggregate: 'ShoppingCart', id: cartId }
      await expectRefusal(shop, () => checkOut(shop, { customerId, cartId }), foreign)
      const missing = { type: 'AggregateNotFound', aggregate: 'ShoppingCart', id: 'NO-SUCH' }
      await expectRefusal(shop, () => checkOut(shop, { customerId, cartId: 'NO-SUCH' }), missing)
      const [one, other] = [
        await checkOut(shop, { customerId, cartId }),
        await checkOut(shop, { customerId, cartId: 'NO-SUCH' }),
      ]
      expect(one._unsafeUnwrapErr().message.replace(cartId, 'NO-SUCH')).toBe(other._unsafeUnwrapErr().message)
    })

    it('refuses a customer who is not there', async () => {
      const { cartId } = await filledCart(shop)

      await expectRefusal(shop, () => checkOut(shop, { customerId: 'NO-SUCH', cartId }), {
        type: 'AggregateNotFound',
      })
    })

    it('refuses a key that has served for another cart', async () => {
      const first = await filledCart(shop)
      const { orderId } = (await orThrow(checkOut(shop, first))).value
      const second = await cartFor(shop, first.customerId)

      await expectRefusal(shop, () => checkOut(shop, second), {
        type: 'IdempotencyKeyReused',
        orderId,
        cartId: first.cartId,
      })
    })

    it.each([
      ['nothing', ''],
      ['10 kB', 'x'.repeat(10_240)],
      ['65 characters', 'x'.repeat(65)],
      ["a dot, which ends the customer in an order's id", 'a.b'],
      ['a line feed at its end', 'key-1\n'],
      ['white space', ' '],
      ['a number', 7],
      ['null', null],
    ])('refuses a key of %s', async (_, idempotencyKey) => {
      const cart = await filledCart(shop)

      await expectRefusal(
        shop,
        () => checkOut(shop, { ...cart, idempotencyKey }),
        invalidInput('idempotencyKey'),
      )
    })

    it.each(['placedAt', 'total', 'unitPrice', 'tier', '__proto__'])(
      'takes no "%s" from a client',
      async (key) => {
        const { customerId, cartId } = await filledCart(shop)
        const input = withKey(
          { customerId, cartId, idempotencyKey: 'key-1' },
          key,
          '2020-01-01T00:00:00.000Z',
        )

        await expectRefusal(
          shop,
          () => shop.mediator.sendInput(PlaceOrder, input, context),
          invalidInput(key),
        )
      },
    )
  })

  describe('with strange prices', () => {
    const catalogue = fixedCatalogue([
      { sku: 'EURO', name: 'Postcard from Lille', price: UnitPrice.restore('1.00', 'EUR') },
      { sku: 'MOON', name: 'The moon', price: UnitPrice.restore('999999999999.999') },
      { sku: 'TEA-001', name: 'Tea', price: UnitPrice.restore('6.75') },
    ])

    it('puts nothing of another currency into a cart', async () => {
      shop = await shops.open({ store, isFulfilling: false, catalogue })
      const { cartId } = await filledCart(shop)

      await expectRefusal(
        shop,
        () => shop.mediator.sendInput(AddItem, { cartId, sku: 'EURO', quantity: 1 }, context),
        {
          type: 'CurrencyMismatch',
          expected: 'GBP',
          found: 'EUR',
        },
      )
    })

    it('refuses a total that no store could keep', async () => {
      shop = await shops.open({ store, isFulfilling: false, catalogue })
      const cart = await filledCart(shop)
      const moons = { cartId: cart.cartId, sku: 'MOON', quantity: 1_000_000 }
      await orThrow(shop.mediator.sendInput(AddItem, moons, context))

      await expectRefusal(shop, () => checkOut(shop, cart), { type: 'MoneyOverflow', currency: 'GBP' })
      await expectRefusal(shop, () => shop.mediator.sendInput(GetCart, { cartId: cart.cartId }, context), {
        type: 'MoneyOverflow',
      })
    })
  })

  describe('with strange events', () => {
    it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'CartVanished'])(
      'throws at a stored event "%s", and calls nothing of that name',
      async (type) => {
        const { cartId } = await filledCart(shop)
        await orThrow(append(shop, cartId, { type, data: {} }))
        const unknown = { code: 'ASHLAR_DOMAIN_UNKNOWN_EVENT', message: expect.stringContaining(`"${type}"`) }

        await expect(shop.mediator.sendInput(GetCart, { cartId }, context)).rejects.toMatchObject(unknown)
        await expect(
          shop.mediator.sendInput(AddItem, { cartId, sku: 'TEA-001', quantity: 1 }, context),
        ).rejects.toMatchObject(unknown)
      },
    )

    it.each<[string, Json, string]>([
      ['a key "__proto__"', JSON.parse('{"line":{"__proto__":{"isOpen":true}}}'), 'line.__proto__'],
      ['5,000 levels', nested(deep), 'data'],
      ['a number that JSON has not', { quantity: Number.NaN }, 'quantity'],
    ])('stores no event with %s', async (_, data, path) => {
      const { cartId } = await filledCart(shop)

      await expectRefusal(shop, () => append(shop, cartId, { type: 'ItemRemoved', data }), {
        type: 'PayloadInvalid',
        path: expect.stringContaining(path),
      })
      expect((await shop.mediator.sendInput(GetCart, { cartId }, context)).isOk()).toBe(true)
    })
  })
})

describe('A client', () => {
  it.each([
    ['CancelOrder', CancelOrder],
    ['CompleteOrder', CompleteOrder],
    ['ReserveStock', ReserveStock],
    ['EndReservation', EndReservation],
  ])('has no way to send %s, which belongs to fulfilment', (_, message) => {
    expect('schema' in message).toBe(false)
  })
})

describe('A shop whose file is', () => {
  const folder = temporaryFolder()
  const openThere = () => openShop({ store: 'sqlite', directory: folder() })

  it.each([
    ['a text', 'hello '.repeat(2_000)],
    ['a damaged database', `SQLite format 3\0${'\x7f'.repeat(8_000)}`],
  ])('%s stays closed, and leaves it as it is', async (_, content) => {
    const path = join(folder(), 'shop.db')
    writeFileSync(path, content)

    await expect(openThere()).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_FOREIGN_FILE',
      message: expect.stringContaining(path),
    })

    expect(readFileSync(path, 'latin1')).toBe(content)
    expect(openHandles(folder())).toEqual([])
  })

  it.each([
    ['of another application', 'pragma application_id = 42', 'ASHLAR_SQLITE_FOREIGN_FILE'],
    [
      'of a newer release',
      `pragma application_id = ${0x4173686c}; pragma user_version = 999`,
      'ASHLAR_SQLITE_SCHEMA_TOO_NEW',
    ],
  ])('%s stays closed, and leaves it as it is', async (_, pragmas, code) => {
    const path = join(folder(), 'shop.db')
    const database = new DatabaseSync(path)
    database.exec(`${pragmas}; create table mine (id text)`)
    database.close()
    const before = readFileSync(path)

    await expect(openThere()).rejects.toMatchObject({ code, message: expect.stringContaining(path) })

    expect(readFileSync(path)).toEqual(before)
    expect(openHandles(folder())).toEqual([])
  })

  it('in a folder that is missing stays closed', async () => {
    const directory = join(folder(), 'missing')

    await expect(openShop({ store: 'sqlite', directory })).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_CANNOT_OPEN',
    })
    await expect(openShop({ store: 'memory', directory })).rejects.toMatchObject({
      code: 'SHOP_PROVIDER_LEDGER',
      message: expect.stringContaining(directory),
    })
  })

  it('beside a ledger that is something else stays closed, and holds nothing open', async () => {
    const path = join(folder(), 'providers.db')
    writeFileSync(path, 'hello '.repeat(2_000))

    await expect(openThere()).rejects.toMatchObject({
      code: 'SHOP_PROVIDER_LEDGER',
      message: expect.stringContaining(path),
    })

    expect(readFileSync(path, 'utf8')).toBe('hello '.repeat(2_000))
    expect(openHandles(folder())).toEqual([])
  })

  it('read-only stays closed, and leaves it as it is', async () => {
    const place = join(folder(), 'place')
    mkdirSync(place)
    await (await openShop({ store: 'sqlite', directory: place })).close()
    const path = join(place, 'shop.db')
    const before = readFileSync(path)
    for (const entry of [place, ...readdirSync(place).map((name) => join(place, name))])
      chownSync(entry, nobody, nobody)
    chmodSync(path, 0o444)
    chmodSync(folder(), 0o755)

    expect(openedByNobody(place)).toBe('ASHLAR_SQLITE_READ_ONLY')

    expect(readFileSync(path)).toEqual(before)
  })
})

type Cart = { readonly customerId: CustomerId; readonly cartId: CartId }

async function filledCart(shop: Shop) {
  return cartFor(shop, await newCustomer(shop))
}

async function cartFor(shop: Shop, customerId: CustomerId) {
  const { cartId } = (await orThrow(shop.mediator.send(new OpenCart({ customerId }), context))).value
  const item = { cartId, sku: 'TEA-001', quantity: 1 }
  const { lineId } = (await orThrow(shop.mediator.sendInput(AddItem, item, context))).value
  return { customerId, cartId, lineId }
}

function checkOut(
  shop: Shop,
  {
    customerId,
    cartId,
    idempotencyKey = 'key-1',
  }: { [Key in keyof Cart]: string } & { idempotencyKey?: unknown },
) {
  return shop.mediator.sendInput(PlaceOrder, { customerId, cartId, idempotencyKey }, context)
}

function append(shop: Shop, cartId: CartId, event: { readonly type: string; readonly data: Json }) {
  return shop.events.append({ stream: `cart-${cartId}`, expected: 'any', events: [event] }, context)
}

/** Expects a failure that is clear and short, and nothing stored. */
async function expectRefusal(
  shop: Shop,
  act: () => Promise<Result<unknown, AnyFailure>>,
  expected: object,
): Promise<void> {
  const before = await shop.events.safePosition()

  const refused = (await act())._unsafeUnwrapErr()

  expect(refused).toMatchObject(expected)
  expect(refused.message).not.toBe('')
  expect(JSON.stringify(refused).length).toBeLessThan(2_500)
  expect(await shop.events.safePosition()).toBe(before)
}

/** Expects that the shop goes on. */
async function expectAlive(shop: Shop): Promise<void> {
  const customerId = await newCustomer(shop)
  expect((await shop.mediator.send(new GetCustomer({ customerId }), context)).isOk()).toBe(true)
}

/** An own key, as JSON.parse makes it even of a name that a literal gives another meaning. */
function withKey(input: object, key: string, value: Json): unknown {
  const text = JSON.stringify(input)
  return JSON.parse(`${text.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`)
}

function nested(depth: number): Json {
  let value: Json = {}
  for (let level = 1; level < depth; level++) value = { inner: value }
  return value
}

const nobody = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0)

/** Tries to open the shop in a process of its own, since nothing is read-only for root; tells the code of what was thrown. */
function openedByNobody(directory: string): string {
  const script = `
    const { openShop } = await import(${JSON.stringify(new URL('../src/composition.ts', import.meta.url).href)})
    process.setuid?.(${nobody})
    const told = await openShop({ store: 'sqlite', directory: ${JSON.stringify(directory)} })
      .then((shop) => shop.close().then(() => 'opened'), (error) => error.code)
    console.log(told)`
  const parameters = ['--conditions=@ashlar/source', '--input-type=module', '--eval', script]
  return execFileSync(process.execPath, parameters).toString().trim()
}

/** The open files of this process below a path; empty where the system doesn't tell. */
function openHandles(path: string): readonly string[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(targetOf)
      .filter((target) => target.startsWith(path))
  } catch {
    return []
  }
}

function targetOf(handle: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${handle}`)
  } catch {
    return ''
  }
}
