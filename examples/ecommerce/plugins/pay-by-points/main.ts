import { definePlugin } from '@ashlar/plugins/plugin'
import { paymentMethods, points } from '../../src/application/plugins/shop-api.ts'
import { pointsPayments } from './points-payments.ts'

/** Lets customers pay by their points. */
export default definePlugin({
  activate: (context) => context.contribute(paymentMethods, pointsPayments(context.use(points))),
})
