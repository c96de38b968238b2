import { definePlugin } from '@ashlar/plugins/plugin'
import { messageLines } from '../../src/application/plugins/shop-api.ts'

/** Never answers, and lets nothing else of its process happen. */
export default definePlugin({
  activate: (context) =>
    context.contribute(messageLines, () => {
      for (;;);
    }),
})
