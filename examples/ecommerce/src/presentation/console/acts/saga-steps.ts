import type { Act } from '../act.ts'

export const sagaSteps: Act = {
  title: 'How the order was fulfilled',
  async play({ till, shop, prop }, narrator) {
    const orderId = prop('orderId')
    const log = await till.log(orderId)
    narrator.note("the carrier's answer was lost once, after it had taken the parcel:")
    narrator.steps(log)

    const attempts = log.filter(({ step }) => step === 'shipment').length
    narrator.same('attempts to hand over the parcel', attempts, 2)
    narrator.same('parcels', shop.ledger.effects('shipping', 'create').length, 1)
    narrator.same('messages to the customer', shop.ledger.effects('notifications', 'send').length, 1)
    narrator.same('the order is', (await till.orderOf(orderId)).status, 'completed')
  },
}
