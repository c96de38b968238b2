import { ok } from '@ashlar/result'
import { defineSaga, type SagaDefinition } from '@ashlar/saga'

/** A saga of one step, known to several processes. */
export const greeting: SagaDefinition<string, string, never> = defineSaga<string>({
  name: 'greeting',
  version: 1,
})
  .pivot('greet', { run: async ({ input }) => ok(`hello ${input}`) })
  .result((state) => state.greet)
