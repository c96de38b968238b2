import type { Contribution, Remote } from '@ashlar/plugins/plugin'
import type { Points, paymentMethods } from '../../src/application/plugins/shop-api.ts'

/** One point for each penny; the shop's own book sees to it that a key is one payment. */
export function pointsPayments(points: Remote<Points>): Contribution<typeof paymentMethods> {
  return async (request) => {
    if (request.action === 'refund') {
      await points.giveBack(request.chargeKey)
      return { status: 'done', paymentId: `points-${request.chargeKey}` }
    }
    const { orderId, customerId, amount, key } = request
    if (amount.currency !== 'GBP') return { status: 'declined', reason: 'points are worth pennies only' }
    const wanted = { customerId, orderId, points: penceOf(amount.amount), key }
    const spending = await points.spend(wanted)
    return spending.isSpent
      ? { status: 'done', paymentId: `points-${key}` }
      : { status: 'declined', reason: spending.reason }
  }
}

function penceOf(amount: string): number {
  const [pounds = '0', pence = ''] = amount.split('.')
  return Number(pounds) * 100 + Number(pence.padEnd(2, '0'))
}
