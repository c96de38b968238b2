import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { GetCart } from '../src/application/carts/get-cart.ts'
import { OpenCart } from '../src/application/carts/open-cart.ts'
import { GetCustomer } from '../src/application/customers/get-customer.ts'
import { EndReservation } from '../src/application/inventory/end-reservation.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { ReserveStock } from '../src/application/inventory/reserve-stock.ts'
import { CancelOrder } from '../src/application/orders/cancel-order.ts'
import { CompleteOrder } from '../src/application/orders/complete-order.ts'
import { GetOrder } from '../src/application/orders/get-order.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import { context, openedShops } from './opened-shop.ts'
import { expectAlive, expectRefusal, invalidInput } from './refusal.ts'

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store, isFulfilling: false })
  })
  afterEach(() => expectAlive(shop))

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
