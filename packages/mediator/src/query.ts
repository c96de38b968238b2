import type { AnyFailure } from '@ashlar/result'
import { Message } from './message.ts'

/**
 * A question that changes nothing; exactly one handler answers it.
 *
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { MediatorBuilder, Query } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class CountCarts extends Query<number> {
 *   static readonly type = 'CountCarts'
 *   readonly type = 'CountCarts'
 * }
 *
 * const mediator = new MediatorBuilder().handle(CountCarts, async () => ok(3)).build()
 * console.log((await mediator.send(new CountCarts(), createContext()))._unsafeUnwrap())
 * ```
 */
export abstract class Query<in out Value, in out Fails extends AnyFailure = never> extends Message<
  'query',
  Value,
  Fails
> {
  /** Keeps out a class of the same name and data that promises another answer; absent at run time. */
  declare readonly '~answer': (answer: readonly [Value, Fails]) => void

  /** Always `'query'`. */
  get kind(): 'query' {
    return 'query'
  }
}
