import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { ChangeQuantity } from '../src/application/carts/change-quantity.ts'
import { RemoveItem } from '../src/application/carts/remove-item.ts'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import { filledCart } from './filled-cart.ts'
import { context, openedShops, registration } from './opened-shop.ts'
import { deep, expectAlive, expectRefusal, invalidInput, nested, withKey } from './refusal.ts'

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store, isFulfilling: false })
  })
  afterEach(() => expectAlive(shop))

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
})
