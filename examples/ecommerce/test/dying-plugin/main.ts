import { definePlugin } from '@ashlar/plugins/plugin'
import { pointsPayments } from '../../plugins/pay-by-points/points-payments.ts'
import { paymentMethods, points } from '../../src/application/plugins/shop-api.ts'

/** As `pay-by-points`, but it dies after its work and before its answer while the shop tells it to. */
export default definePlugin({
  activate(context) {
    const ledger = context.use(points)
    const pay = pointsPayments(ledger)
    context.contribute(paymentMethods, async (request, call) => {
      const answer = await pay(request, call)
      if ((await ledger.balanceOf(`dies-in-${request.action}`)) > 0) process.exit(1)
      return answer
    })
  },
})
