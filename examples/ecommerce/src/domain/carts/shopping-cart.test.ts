import { given } from '@ashlar/event-sourcing/testing'
import { describe, expect, it } from 'vitest'
import type { Product } from '../catalogue/product.ts'
import { UnitPrice } from '../catalogue/unit-price.ts'
import type { CustomerId } from '../customers/customer.ts'
import { type CartEvent, type CartId, type LineId, ShoppingCart } from './shopping-cart.ts'

const ada = 'ada' as CustomerId
const first = 'line-1' as LineId
const second = 'line-2' as LineId
const tea: Product = { sku: 'TEA', name: 'Tea', price: UnitPrice.restore('6.75') }
const dearTea: Product = { ...tea, price: UnitPrice.restore('7.00') }

const opened: CartEvent = { type: 'CartOpened', data: { customerId: ada } }
const checkedOut: CartEvent = {
  type: 'CartCheckedOut',
  data: { orderId: 'order-1', total: { currency: 'GBP', amount: '6.75' } },
}
const removed: CartEvent = { type: 'ItemRemoved', data: { lineId: first } }
const added = (lineId: LineId, quantity = 1, unitPrice = '6.750'): CartEvent => ({
  type: 'ItemAdded',
  data: { lineId, sku: 'TEA', name: 'Tea', quantity, unitPrice },
})

describe('ShoppingCart', () => {
  it('opens for one customer', () => {
    const cart = ShoppingCart.open('cart-1' as CartId, ada)

    expect(cart.uncommittedEvents).toEqual([opened])
    expect(cart).toMatchObject({ id: 'cart-1', isOpen: true, lines: [], version: 1 })
    expect([cart.belongsTo(ada), cart.belongsTo('bob' as CustomerId)]).toEqual([true, false])
  })

  it('adds an item at the price that it has now', () => {
    given(ShoppingCart, opened)
      .when((cart) => cart.addItem(first, tea, 2))
      .thenRaised(added(first, 2))
  })

  it('takes 2,000 lines, one more only where one was taken away', () => {
    const cart = loaded(opened)
    for (let line = 1; line <= 2_000; line++) cart.addItem(`line-${line}` as LineId, tea, 1)._unsafeUnwrap()
    const { version } = cart

    const refused = cart.addItem('line-2001' as LineId, tea, 1)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'TooManyLines', max: 2_000 })
    expect([cart.lines.length, cart.version]).toEqual([2_000, version])
    cart.removeItem(first)._unsafeUnwrap()
    expect(cart.addItem('line-2001' as LineId, tea, 1).isOk()).toBe(true)
  })

  it('keeps one product at two prices as two lines', () => {
    const cart = loaded(opened, added(first, 2))

    cart.addItem(second, dearTea, 1)._unsafeUnwrap()

    expect(cart.lines.map(({ quantity, unitPrice }) => [quantity, String(unitPrice)])).toEqual([
      [2, '6.750'],
      [1, '7.000'],
    ])
  })

  it('keeps one product at one price, added twice, as two lines', () => {
    expect(loaded(opened, added(first), added(second)).lines.map(({ lineId }) => lineId)).toEqual([
      first,
      second,
    ])
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53, 1_000_001])('refuses to add %d of something', (quantity) => {
    given(ShoppingCart, opened)
      .when((cart) => cart.addItem(first, tea, quantity))
      .thenRefused('InvalidQuantity', { found: quantity })
  })

  it('refuses to add what is sold in another currency', () => {
    given(ShoppingCart, opened)
      .when((cart) => cart.addItem(first, { ...tea, price: UnitPrice.restore('1', 'EUR') }, 1))
      .thenRefused('CurrencyMismatch', { expected: 'GBP', found: 'EUR' })
  })

  it('changes a quantity, of this line alone', () => {
    given(ShoppingCart, opened, added(first, 2), added(second, 2))
      .when((cart) => cart.changeQuantity(second, 5))
      .thenRaised({ type: 'ItemQuantityChanged', data: { lineId: second, quantity: 5 } })
  })

  it('has nothing to tell when the quantity stays', () => {
    given(ShoppingCart, opened, added(first, 2))
      .when((cart) => cart.changeQuantity(first, 2))
      .thenNothing()
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses to change a quantity to %d', (quantity) => {
    given(ShoppingCart, opened, added(first))
      .when((cart) => cart.changeQuantity(first, quantity))
      .thenRefused('InvalidQuantity', { found: quantity })
  })

  it('removes a line, and knows it no more', () => {
    given(ShoppingCart, opened, added(first))
      .when((cart) => cart.removeItem(first))
      .thenRaised(removed)
    given(ShoppingCart, opened, added(first), removed)
      .when((cart) => cart.removeItem(first))
      .thenRefused('LineUnknown', { lineId: first })
    given(ShoppingCart, opened, added(first), removed)
      .when((cart) => cart.changeQuantity(first, 2))
      .thenRefused('LineUnknown', { lineId: first })
  })

  it.each(['__proto__', 'constructor', 'toString'])('knows no line "%s" that was not added', (name) => {
    given(ShoppingCart, opened, added(first))
      .when((cart) => cart.removeItem(name as LineId))
      .thenRefused('LineUnknown', { lineId: name })
  })

  it('checks out with the exact total of its lines', () => {
    given(
      ShoppingCart,
      opened,
      added(first, 3, '0.125'),
      { type: 'ItemQuantityChanged', data: { lineId: first, quantity: 5 } },
      added(second, 1, '7.000'),
    )
      .when((cart) => cart.checkOut('order-1'))
      .thenRaised({
        type: 'CartCheckedOut',
        data: { orderId: 'order-1', total: { currency: 'GBP', amount: '7.63' } },
      })
  })

  it('refuses checkout while it is empty, and when it is empty again', () => {
    given(ShoppingCart, opened)
      .when((cart) => cart.checkOut('order-1'))
      .thenRefused('CartEmpty', { cartId: 'given' })
    given(ShoppingCart, opened, added(first), removed)
      .when((cart) => cart.checkOut('order-1'))
      .thenRefused('CartEmpty', { cartId: 'given' })
  })

  it('refuses checkout when nobody could store the total', () => {
    given(ShoppingCart, opened, added(first, 1_000_000, '999999999999.999'))
      .when((cart) => cart.checkOut('order-1'))
      .thenRefused('MoneyOverflow', { currency: 'GBP' })
  })

  it.each([
    ['an item', (cart: ShoppingCart) => cart.addItem(second, tea, 1)],
    ['an item that would be refused anyway', (cart: ShoppingCart) => cart.addItem(second, tea, 0)],
    ['a quantity', (cart: ShoppingCart) => cart.changeQuantity(first, 2)],
    ['a removal', (cart: ShoppingCart) => cart.removeItem(first)],
    ['another checkout', (cart: ShoppingCart) => cart.checkOut('order-2')],
  ])('refuses %s once it is checked out', (_, act) => {
    given(ShoppingCart, opened, added(first), checkedOut)
      .when(act)
      .thenRefused('CartNotOpen', { cartId: 'given' })
  })

  it('refuses everything before it is opened', () => {
    given(ShoppingCart)
      .when((cart) => cart.addItem(first, tea, 1))
      .thenRefused('CartNotOpen')
  })

  it.each(['constructor', 'toString', '__proto__', 'CartVanished'])('throws at an event "%s"', (type) => {
    expect(() => loaded(opened, { type, data: {} } as never)).toThrow(
      expect.objectContaining({
        code: 'ASHLAR_DOMAIN_UNKNOWN_EVENT',
        message: expect.stringContaining(type),
      }),
    )
  })

  it('has the same state, whether events are new or loaded', () => {
    const cart = ShoppingCart.open('given' as CartId, ada)
    cart.addItem(first, tea, 2)._unsafeUnwrap()
    cart.addItem(second, dearTea, 1)._unsafeUnwrap()
    cart.changeQuantity(first, 3)._unsafeUnwrap()
    cart.removeItem(second)._unsafeUnwrap()
    cart.checkOut('order-1')._unsafeUnwrap()

    const again = loaded(...JSON.parse(JSON.stringify(cart.uncommittedEvents)))

    expect(again.lines).toEqual(cart.lines)
    expect([again.isOpen, cart.isOpen, again.version, cart.version]).toEqual([false, false, 6, 6])
  })

  it("hands out a list of lines that is nobody else's", () => {
    const cart = loaded(opened, added(first))

    ;(cart.lines as unknown[]).length = 0

    expect(cart.lines).toHaveLength(1)
  })
})

function loaded(...history: readonly CartEvent[]): ShoppingCart {
  const cart = new ShoppingCart('given' as CartId)
  cart.loadFromHistory(history)
  return cart
}
