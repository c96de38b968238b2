import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { GetOrder } from '../src/application/orders/get-order.ts'
import type { Shop, StoreKind } from '../src/composition.ts'
import type { OrderId } from '../src/domain/orders/order.ts'
import { chargesOf } from '../src/infrastructure/providers/card-payments.ts'
import { checkOut, filledCart } from './filled-cart.ts'
import { context, creditOf, openedShops } from './opened-shop.ts'

const always = 1_000

describe.each<StoreKind>(['memory', 'sqlite'])('An order in %s that can not be shipped', (store) => {
  const shops = openedShops()

  it('waits for a person, and is not lost, when its refund is declined again and again', async () => {
    const shop = await shops.open({ store })
    shop.ledger.arrange('payments', 'refund', 'decline', always)

    const { orderId, customerId } = await orderInVain(shop)
    const outcome = await shop.sagaOf(orderId).outcome()

    expect(outcome).toMatchObject({
      status: 'needs-attention',
      step: 'payment',
      phase: 'undo',
      cause: { step: 'shipment', failure: { type: 'ShipmentRefused' } },
    })
    const inspected = await shop.inspectSaga(orderId)
    expect(inspected?.saga.status).toBe('needs-attention')
    const undone = inspected?.log.filter(({ phase }) => phase === 'undo') ?? []
    expect(new Set(undone.map(({ step, outcome: how }) => `${step} ${how}`))).toEqual(
      new Set(['payment failed']),
    )
    expect(undone.at(-1)).toMatchObject({ payload: { type: 'RefundDeclined', reason: 'declined' } })
    expect([chargesOf(shop.ledger).length, shop.ledger.effects('payments', 'refund').length]).toEqual([1, 0])
    expect((await orThrow(shop.mediator.send(new GetOrder({ orderId }), context))).value.status).toBe(
      'placed',
    )
    expect((await creditOf(shop, customerId)).open).toBe('6.75')
  })

  it('is undone when its refund is declined at first', async () => {
    const shop = await shops.open({ store })
    shop.ledger.arrange('payments', 'refund', 'decline', 2)

    const { orderId, customerId } = await orderInVain(shop)
    const { status } = await shop.sagaOf(orderId).outcome()

    expect(status).toBe('compensated')
    expect(shop.ledger.effects('payments', 'refund')).toHaveLength(1)
    expect(shop.ledger.requests('payments', 'refund')).toBe(3)
    expect((await creditOf(shop, customerId)).open).toBe('0.00')
  })
})

async function orderInVain(shop: Shop) {
  await orThrow(shop.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 5 }), context))
  shop.ledger.arrange('shipping', 'create', 'decline')
  const cart = await filledCart(shop)
  const { orderId } = (await orThrow(checkOut(shop, cart))).value
  return { orderId: orderId as OrderId, customerId: cart.customerId }
}
