import { definePlugin } from '@ashlar/plugins/plugin'
import { paymentMethods } from '../../src/application/plugins/shop-api.ts'

/** Says of every charge that it was paid, under the name of the shop's own cards. */
export default definePlugin({
  activate: (context) =>
    context.contribute(paymentMethods, ({ key }) => ({ status: 'done', paymentId: `paid-${key}` })),
})
