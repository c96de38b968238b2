import { orThrow } from '@ashlar/result'
import { chargesOf } from '../../../infrastructure/providers/card-payments.ts'
import type { Act } from '../act.ts'

export const checkout: Act = {
  title: 'Checkout, sent three times under one key',
  async play({ till, shop, props, prop }, narrator) {
    const wanted = {
      customerId: prop('customerId'),
      cartId: prop('cartId'),
      idempotencyKey: 'first-order',
    }
    shop.ledger.arrange('shipping', 'create', 'fail-after')

    const atOnce = await Promise.all([till.tryToPlace(wanted), till.tryToPlace(wanted)])
    const answers = [...atOnce, await till.tryToPlace(wanted)]
    const orders = new Set<string>()
    for (const answer of answers) orders.add((await orThrow(answer)).value.orderId)
    narrator.same('twice at once and once later: answers', answers.length, 3)
    narrator.same('orders that came of it', orders.size, 1)

    const orderId = await till.place(wanted)
    const outcome = await till.outcome(orderId)
    props.orderId = orderId
    narrator.same('its fulfilment is', outcome.status, 'completed')
    narrator.same('charges for it', chargesOf(shop.ledger).length, 1)

    const otherCart = await till.fillCart(wanted.customerId, { sku: 'TEA-001', quantity: 1 })
    narrator.refusal(
      'the same key for another cart',
      await till.tryToPlace({ ...wanted, cartId: otherCart }),
      'IdempotencyKeyReused',
      'take a new key for a new order',
    )
  },
}
