import { definePlugin } from '@ashlar/plugins/plugin'
import { messageLines } from '../../src/application/plugins/shop-api.ts'

/** Asks for the customers' points and for the network, which nobody grants it. */
export default definePlugin({
  activate: (context) => context.contribute(messageLines, () => 'Thank you for your points.'),
})
