import type { Json } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { GetCart } from '../src/application/carts/get-cart.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import type { CartId } from '../src/domain/carts/shopping-cart.ts'
import { UnitPrice } from '../src/domain/catalogue/unit-price.ts'
import { fixedCatalogue } from '../src/infrastructure/fixed-catalogue.ts'
import { checkOut, filledCart } from './filled-cart.ts'
import { context, openedShops } from './opened-shop.ts'
import { deep, expectAlive, expectRefusal, nested } from './refusal.ts'

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store, isFulfilling: false })
  })
  afterEach(() => expectAlive(shop))

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

function append(shop: Shop, cartId: CartId, event: { readonly type: string; readonly data: Json }) {
  return shop.events.append({ stream: `cart-${cartId}`, expected: 'any', events: [event] }, context)
}
