import type { Context } from '@ashlar/kernel'
import { ok } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'

/** Where the present context is kept for code that can't be handed one. */
export interface AmbientContext {
  /**
   * Runs work in which `current` finds the context: `runWithContext` of `@ashlar/kernel/async-context`.
   *
   * @param context - of the message
   * @param work - all that follows
   * @returns what the work returns
   */
  run<T>(context: Context, work: () => T): T
  /**
   * Finds the context that was entered: `currentContext` of `@ashlar/kernel/async-context`.
   *
   * @returns the context, or undefined outside of it
   */
  current(): Context | undefined
}

/**
 * Makes a behaviour in which code that is handed no context finds the one of the message: a logger, a driver.
 *
 * A message that is sent on with the very context that is entered already does not enter it again. The items of a
 * stream are made inside of the context, too, whoever reads them.
 *
 * @param ambient - `{ run: runWithContext, current: currentContext }` of `@ashlar/kernel/async-context`
 * @returns a behaviour for all kinds of messages that adds no failure
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { currentContext, runWithContext } from '@ashlar/kernel/async-context'
 * import { Command, context, MediatorBuilder } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class OpenCart extends Command<void> {
 *   static readonly type = 'OpenCart'
 *   readonly type = 'OpenCart'
 * }
 *
 * const mediator = new MediatorBuilder()
 *   .use(context({ run: runWithContext, current: currentContext }))
 *   .handle(OpenCart, async () => ok(console.log(currentContext()?.userId)))
 *   .build()
 * console.log((await mediator.send(new OpenCart(), createContext({ userId: 'ada' }))).isOk())
 * ```
 */
export function context(ambient: AmbientContext): Behaviour {
  return {
    name: 'context',
    kinds: ['command', 'query', 'stream', 'notification'],
    handle(message, given, next) {
      const answer =
        ambient.current() === given ? next(message, given) : ambient.run(given, () => next(message, given))
      if (message.kind !== 'stream') return answer
      return answer.then((result) =>
        result.isErr()
          ? result
          : (ok(inside(ambient, given, result.value as AsyncIterable<unknown>)) as never),
      )
    },
  }
}

/** A generator runs where it is read, not where it was made. */
function inside<Item>(ambient: AmbientContext, given: Context, source: AsyncIterable<Item>) {
  return {
    [Symbol.asyncIterator](): AsyncIterator<Item> {
      const iterator = ambient.run(given, () => source[Symbol.asyncIterator]())
      return {
        next: () => ambient.run(given, () => iterator.next()),
        return: async () => {
          await ambient.run(given, () => iterator.return?.())
          return { done: true, value: undefined }
        },
      }
    },
  }
}
