import { ok } from '@ashlar/result'
import { defineSaga } from '../define-saga.ts'
import type { SagaDefinition } from '../saga-definition.ts'
import type { Order } from './order-world.ts'

/** A saga that waits in its first step, and what a test knows of it. */
export type GatedSaga = {
  readonly saga: SagaDefinition<Order, string, never>
  /** Settles with the step's signal when it has begun. */
  readonly begun: Promise<AbortSignal>
  /** Lets the step end. */
  readonly letGo: (output: string) => void
  /** The keys of all steps that ran. */
  readonly runs: readonly string[]
}

/** A saga of one step before the pivot that tells when it has begun, and ends when it is let go. */
export function gatedSaga(): GatedSaga {
  const begun = Promise.withResolvers<AbortSignal>()
  const gate = Promise.withResolvers<string>()
  const runs: string[] = []
  const saga = defineSaga<Order>({ name: 'gated', version: 1 })
    .step('stock', {
      run: async ({ key, context }) => {
        runs.push(key)
        begun.resolve(context.signal)
        return ok(await gate.promise)
      },
      compensate: async () => {},
    })
    .pivot('payment', {
      run: async ({ key }) => {
        runs.push(key)
        return ok()
      },
    })
    .result((state) => state.stock)
  return { saga, begun: begun.promise, letGo: gate.resolve, runs }
}
