import { type Logger, silentLogger } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { AddItem } from '../src/application/carts/add-item.ts'
import { GetCart } from '../src/application/carts/get-cart.ts'
import type { Catalogue } from '../src/application/catalogue/catalogue.ts'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { SearchCustomers } from '../src/application/customers/search-customers.ts'
import type { ShopOptions, StoreKind } from '../src/composition.ts'
import { fixedCatalogue } from '../src/infrastructure/fixed-catalogue.ts'
import { cartFor, filledCart } from './filled-cart.ts'
import { context, openedShops, registration } from './opened-shop.ts'

describe.each<StoreKind>(['memory', 'sqlite'])('A shop in %s', (store) => {
  const shops = openedShops()

  it('writes down what it is told, but nothing about persons', async () => {
    const lines: object[] = []
    const logger: Logger = { ...silentLogger, info: (line) => void lines.push(line) }
    const shop = await shops.open({ store, logger, isFulfilling: false })
    const { customerId } = (await orThrow(shop.mediator.sendInput(RegisterCustomer, registration, context)))
      .value
    const { cartId } = await cartFor(shop, customerId)

    await orThrow(shop.mediator.sendInput(SearchCustomers, { searchTerm: 'Lovelace' }, context))

    const told = JSON.stringify(lines)
    for (const secret of ['Lovelace', 'ada@example.com', '7946', 'St James', 'SW1Y'])
      expect(told).not.toContain(secret)
    expect(lines).toMatchObject([
      { messageType: 'RegisterCustomer', message: { name: '[personal]', address: '[personal]' } },
      { messageType: 'OpenCart', message: { customerId } },
      { messageType: 'AddItem', message: { cartId, sku: 'TEA-001', quantity: 1 } },
      { messageType: 'SearchCustomers', message: { searchTerm: '[personal]', pageSize: 10 } },
    ])
  })

  it('changes a cart without a transaction, so that many changes share a commit, unless there is a key', async () => {
    let transactions = 0
    const overTransactions: ShopOptions['overTransactions'] = (storage) => ({
      transaction(work, options) {
        transactions++
        return storage.transaction(work, options)
      },
    })
    const shop = await shops.open({ store, overTransactions, isFulfilling: false })
    const { cartId } = await filledCart(shop)
    const item = { cartId, sku: 'MUG-014', quantity: 1 }
    const before = transactions

    await orThrow(shop.mediator.sendInput(AddItem, item, context))
    const without = transactions - before
    await orThrow(shop.mediator.sendInput(AddItem, { ...item, idempotencyKey: 'click-1' }, context))

    expect([without, transactions - before]).toEqual([0, 1])
  })

  it.each([undefined, 'click-1'])(
    'waits only so long for a price list, and leaves the cart as it was; with the key %s',
    async (idempotencyKey) => {
      const list = fixedCatalogue()
      const never = new Promise<never>(() => undefined)
      const catalogue: Catalogue = {
        find: (sku, of) => (sku === 'LAMP-007' ? never : list.find(sku, of)),
      }
      const shop = await shops.open({ store, catalogue, catalogueTimeoutMs: 20, isFulfilling: false })
      const { cartId } = await filledCart(shop)
      const add = (sku: string) =>
        shop.mediator.sendInput(AddItem, { cartId, sku, quantity: 1, idempotencyKey }, context)

      const late = await add('LAMP-007')
      const next = await add('MUG-014')

      expect(late._unsafeUnwrapErr()).toMatchObject({ type: 'TimedOut', messageType: 'AddItem' })
      expect(next.isOk()).toBe(true)
      const cart = (await orThrow(shop.mediator.sendInput(GetCart, { cartId }, context))).value
      expect(cart.lines.map(({ sku }) => sku)).toEqual(['TEA-001', 'MUG-014'])
    },
  )
})
