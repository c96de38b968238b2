import { orThrow } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { SuspendCustomer } from '../src/application/customers/suspend-customer.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import { cartFor, checkOut, filledCart } from './filled-cart.ts'
import { context, creditOf, openedShops } from './opened-shop.ts'
import { expectRefusal, invalidInput } from './refusal.ts'

describe.each<StoreKind>(['memory', 'sqlite'])('A suspended customer in %s', (store) => {
  const shops = openedShops()
  let shop: Shop
  beforeEach(async () => {
    shop = await shops.open({ store })
    await orThrow(shop.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 20 }), context))
  })
  const suspend = (customerId: unknown) => shop.mediator.sendInput(SuspendCustomer, { customerId }, context)

  it('is refused an order, and no credit is held for it', async () => {
    const cart = await filledCart(shop)
    await orThrow(suspend(cart.customerId))

    await expectRefusal(shop, () => checkOut(shop, cart), {
      type: 'CustomerInactive',
      customerId: cart.customerId,
    })

    expect((await creditOf(shop, cart.customerId)).open).toBe('0.00')
  })

  it('still gets what was ordered before', async () => {
    const cart = await filledCart(shop)
    const { orderId } = (await orThrow(checkOut(shop, cart))).value

    await orThrow(suspend(cart.customerId))

    expect((await shop.sagaOf(orderId).outcome()).status).toBe('completed')
  })

  it('is suspended once, however often that is asked', async () => {
    const { customerId } = await filledCart(shop)

    await orThrow(suspend(customerId))
    await orThrow(suspend(customerId))

    const events = await Array.fromAsync(shop.events.query('all'))
    expect(events.filter(({ type }) => type === 'CustomerSuspended').map(({ data }) => data)).toEqual([
      { customerId },
    ])
  })

  it('gets the order that is placed in a race with the suspension, or a refusal, and nothing afterwards', async () => {
    const cart = await filledCart(shop)
    const next = await cartFor(shop, cart.customerId)

    const [placed, suspended] = await Promise.all([checkOut(shop, cart), suspend(cart.customerId)])

    expect(suspended.isOk()).toBe(true)
    if (placed.isOk()) expect((await shop.sagaOf(placed.value.orderId).outcome()).status).toBe('completed')
    else expect(placed.error.type).toBe('CustomerInactive')
    const later = await checkOut(shop, { ...next, idempotencyKey: 'key-2' })
    expect(later._unsafeUnwrapErr().type).toBe('CustomerInactive')
  })

  it('must be there, and nothing else is taken from a client', async () => {
    await expectRefusal(shop, () => suspend('NO-SUCH'), { type: 'AggregateNotFound', id: 'NO-SUCH' })
    await expectRefusal(shop, () => suspend(42), invalidInput('customerId'))
    const input = { customerId: 'NO-SUCH', status: 'active' }
    await expectRefusal(
      shop,
      () => shop.mediator.sendInput(SuspendCustomer, input, context),
      invalidInput('status'),
    )
  })
})
