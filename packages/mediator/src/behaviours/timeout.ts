import { err, type Failure, failure } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'
import { Deadlines } from './deadlines.ts'
import { requireMs } from './invalid-option-error.ts'
import { type SomeMessageClass, typesOf } from './some-message-class.ts'

/**
 * A message was not answered in time; what its handler still does, nobody hears of.
 *
 * @see {@link timeout} for an example
 */
export type TimedOut = Failure<
  'TimedOut',
  {
    /** The message that was sent. */
    readonly messageType: string
    /** How long it was given. */
    readonly timeoutMs: number
  }
>

/** Options of {@link timeout}. */
export interface TimeoutOptions {
  /** How long a message may take, in milliseconds; above 0, at most 2 147 483 647 (24 days). */
  readonly ms: number
  /** The messages that have this limit; all commands and queries unless told. */
  readonly only?: readonly SomeMessageClass<'command' | 'query'>[]
  /** Messages that don't have it, such as those with a `timeout` of their own. */
  readonly except?: readonly SomeMessageClass<'command' | 'query'>[]
}

/**
 * Makes a behaviour that answers `TimedOut` when what follows takes too long.
 *
 * At the deadline the answer is there at once, and the signal of the context that was handed on is aborted with a
 * {@link MessageTimeoutError}. A handler that does not look at the signal works on, its answer is dropped: use this
 * behaviour inside of `transaction`, so that nothing of it is committed. The caller's own abort comes through as it is.
 *
 * Messages that begin at nearly the same time share a deadline: it is never early, and late by 1/64 of `ms` at most, by a
 * tenth of a second at most.
 *
 * @param options - `ms`, and which messages have this limit
 * @returns a behaviour for commands and queries that adds `TimedOut`
 * @throws {@link InvalidOptionError} at once for `ms` out of range
 * @example
 * ```ts
 * import { setTimeout } from 'node:timers/promises'
 * import { createContext } from '@ashlar/kernel'
 * import { MediatorBuilder, Query, timeout } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class FindRoute extends Query<string> {
 *   static readonly type = 'FindRoute'
 *   readonly type = 'FindRoute'
 * }
 *
 * const mediator = new MediatorBuilder()
 *   .use(timeout({ ms: 20 }))
 *   .handle(FindRoute, async (_, { signal }) => ok(await setTimeout(60_000, 'the long way', { signal })))
 *   .build()
 * const result = await mediator.send(new FindRoute(), createContext())
 * console.log(result.isErr() && result.error.type)
 * ```
 */
export function timeout(options: TimeoutOptions): Behaviour<'command' | 'query', TimedOut> {
  const timeoutMs = requireMs('timeout.ms', options.ms)
  const excepted = options.except === undefined ? undefined : typesOf(options.except)
  const deadlines = new Deadlines(timeoutMs)
  return {
    name: 'timeout',
    kinds: ['command', 'query'],
    ...(options.only !== undefined && { types: typesOf(options.only) }),
    handle(message, context, next) {
      if (excepted?.has(message.type)) return next(message, context)
      return new Promise((resolve, reject) => {
        const deadline = deadlines.begin(context, () => resolve(err(timedOut(message.type, timeoutMs))))
        next(message, deadline.context).then(
          (result) => {
            deadlines.end(deadline)
            resolve(result)
          },
          (thrown) => {
            deadlines.end(deadline)
            reject(thrown)
          },
        )
      })
    },
  }
}

function timedOut(messageType: string, timeoutMs: number): TimedOut {
  return failure('TimedOut', `${messageType} was to be answered within ${timeoutMs} ms`, {
    messageType,
    timeoutMs,
  })
}
