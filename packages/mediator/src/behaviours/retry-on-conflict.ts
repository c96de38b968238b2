import { type Context, type Random, systemRandom } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'
import { requireCount, requireMs } from './invalid-option-error.ts'
import { type SomeMessageClass, typesOf } from './some-message-class.ts'

/** Options of {@link retryOnConflict}. */
export interface RetryOnConflictOptions {
  /** How often a command is tried in all, from 1 to 100; 3 unless told. */
  readonly attempts?: number
  /**
   * The longest wait before the second attempt; it doubles with each further one, up to `maxDelayMs`. How long the
   * wait really is, chance decides. Unless told, there are no waits.
   */
  readonly delayMs?: number
  /** Longer than this no wait gets, however many there were; 1000 unless told. */
  readonly maxDelayMs?: number
  /** Gives the chance that shortens waits; kernel's `systemRandom` unless told. */
  readonly random?: Random
}

/**
 * Makes a behaviour that tries commands again which came too late: another writer was faster.
 *
 * Only the failures `VersionConflict` and `BoundaryConflict` are tried again, nothing that is thrown. A command
 * that takes part in a transaction which is under way passes: its next attempt would see what the first one saw.
 *
 * @param messages - commands that may run again from the start: they load what they decide on
 * @param options - `attempts`, `delayMs`, `maxDelayMs` and `random`
 * @returns a behaviour for these commands that adds no failure; they answer with what their last attempt answered
 * @throws {@link InvalidOptionError} at once for options out of range; later `send` rejects with the signal's reason
 *   when it is aborted between two attempts
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { Command, MediatorBuilder, retryOnConflict } from '@ashlar/mediator'
 * import { err, type Failure, failure, ok } from '@ashlar/result'
 *
 * class AddItem extends Command<number, Failure<'VersionConflict'>> {
 *   static readonly type = 'AddItem'
 *   readonly type = 'AddItem'
 * }
 *
 * let attempt = 0
 * const mediator = new MediatorBuilder()
 *   .use(retryOnConflict([AddItem], { delayMs: 20 }))
 *   .handle(AddItem, async () =>
 *     ++attempt < 3 ? err(failure('VersionConflict', 'cart "c-1" is at version 2, expected 1')) : ok(attempt),
 *   )
 *   .build()
 * console.log((await mediator.send(new AddItem(), createContext()))._unsafeUnwrap())
 * ```
 */
export function retryOnConflict(
  messages: readonly SomeMessageClass<'command'>[],
  options: RetryOnConflictOptions = {},
): Behaviour<'command'> {
  const { random = systemRandom } = options
  const attempts = requireCount('retryOnConflict.attempts', options.attempts ?? 3, 100)
  const delayMs =
    options.delayMs === undefined ? undefined : requireMs('retryOnConflict.delayMs', options.delayMs)
  const maxDelayMs = requireMs('retryOnConflict.maxDelayMs', options.maxDelayMs ?? 1000)
  const pauseMs = (firstMs: number, count: number) =>
    Math.min(maxDelayMs, firstMs * 2 ** (count - 1)) * random.next()
  return {
    name: 'retryOnConflict',
    kinds: ['command'],
    types: typesOf(messages),
    repeats: true,
    handle(message, context, next) {
      if (context.storage !== undefined) return next(message, context)
      return attempt(1)

      function attempt(count: number): ReturnType<typeof next> {
        const answer = next(message, context)
        if (count >= attempts) return answer
        return answer.then((result) => {
          if (!isConflict(result)) return result
          context.signal.throwIfAborted()
          if (delayMs === undefined) return attempt(count + 1)
          return pause(pauseMs(delayMs, count), context).then(() => attempt(count + 1))
        })
      }
    },
  }
}

function isConflict(result: Result<unknown, AnyFailure>): boolean {
  if (result.isOk()) return false
  const { type } = result.error
  return type === 'VersionConflict' || type === 'BoundaryConflict'
}

function pause(ms: number, { signal }: Context): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
