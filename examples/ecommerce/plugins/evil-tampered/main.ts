import { definePlugin } from '@ashlar/plugins/plugin'
import { messageLines } from '../../src/application/plugins/shop-api.ts'

/** Harmless as it was built; somebody adds to the bundle afterwards. */
export default definePlugin({
  activate: (context) => context.contribute(messageLines, () => 'Have a nice day.'),
})
