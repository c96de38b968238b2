import { orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OpenCart } from '../src/application/carts/open-cart.ts'
import { PlaceOrder } from '../src/application/orders/place-order.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import { cartFor, checkOut, filledCart } from './filled-cart.ts'
import { context, newCustomer, openedShops } from './opened-shop.ts'
import { expectAlive, expectRefusal, invalidInput, withKey } from './refusal.ts'

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store, isFulfilling: false })
  })
  afterEach(() => expectAlive(shop))

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

    it.each([
      '',
      'CARD',
      'card ',
      'by points',
      '-card',
      '__proto__',
      'p'.repeat(33),
      'p\u0000',
      5,
      true,
      null,
      ['card'],
      { method: 'card' },
    ])('refuses the payment method %j', async (payment) => {
      const cart = await filledCart(shop)

      await expectRefusal(shop, () => checkOut(shop, { ...cart, payment }), invalidInput('payment'))
    })

    it.each(['constructor', 'p'.repeat(32)])(
      'refuses the payment method %j, which nobody offers',
      async (payment) => {
        const cart = await filledCart(shop)

        await expectRefusal(shop, () => checkOut(shop, { ...cart, payment }), {
          type: 'PaymentMethodUnavailable',
          method: payment,
        })
      },
    )

    it('refuses a customer who is not there', async () => {
      const { cartId } = await filledCart(shop)

      await expectRefusal(shop, () => checkOut(shop, { customerId: 'NO-SUCH', cartId }), {
        type: 'AggregateNotFound',
      })
    })

    it('refuses a key that has served for another cart', async () => {
      const first = await filledCart(shop)
      await orThrow(checkOut(shop, first))
      const second = await cartFor(shop, first.customerId)

      await expectRefusal(shop, () => checkOut(shop, second), {
        type: 'IdempotencyKeyReused',
        messageType: 'PlaceOrder',
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
})
