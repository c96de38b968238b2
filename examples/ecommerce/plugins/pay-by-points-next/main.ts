import { definePlugin } from '@ashlar/plugins/plugin'
import { messageLines, paymentMethods, points } from '../../src/application/plugins/shop-api.ts'
import { pointsPayments } from '../pay-by-points/points-payments.ts'

/** The next version of `pay-by-points`: it also tells how many points are left. */
export default definePlugin({
  activate(context) {
    const ledger = context.use(points)
    context.contribute(paymentMethods, pointsPayments(ledger))
    context.contribute(
      messageLines,
      async ({ customerId }) => `You have ${await ledger.balanceOf(customerId)} points left.`,
    )
  },
})
