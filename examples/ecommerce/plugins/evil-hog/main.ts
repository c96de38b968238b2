import { definePlugin } from '@ashlar/plugins/plugin'
import { messageLines } from '../../src/application/plugins/shop-api.ts'

/** Takes all the memory that it can get, outside of the heap that V8 would limit. */
export default definePlugin({
  activate: (context) =>
    context.contribute(messageLines, () => {
      const taken: Buffer[] = []
      for (;;) taken.push(Buffer.alloc(8 * 2 ** 20, 1))
    }),
})
