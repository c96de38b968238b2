/// <reference lib="esnext.disposable" preserve="true" />
import type { Context } from '@ashlar/kernel'
import { type AnyFailure, ok, type Result } from '@ashlar/result'
import type { AnyMessage } from './message.ts'
import { watchStream } from './watch-stream.ts'

/**
 * What {@link scoped} makes for one message: a handler, or an object that has one and may know how to be disposed of.
 */
export type Scope<M extends AnyMessage, Value, Fails> =
  | ScopedHandler<M, Value, Fails>
  | ScopedObject<M, Value, Fails>

/** A handler as a function; see {@link Scope}. */
export type ScopedHandler<M extends AnyMessage, Value, Fails> = (
  message: M,
  context: Context,
) => PromiseLike<Result<Value, Fails>>

/** A handler as a method of an object; see {@link Scope}. */
export interface ScopedObject<M extends AnyMessage, Value, Fails> {
  /** Answers the message. */
  readonly handle: ScopedHandler<M, Value, Fails>
  /** Called after the answer, and awaited; goes before `Symbol.dispose`. */
  [Symbol.asyncDispose]?(): PromiseLike<void>
  /** Called after the answer. */
  [Symbol.dispose]?(): void
}

/**
 * Makes a handler that is put together anew for each message, and disposed of after its answer.
 *
 * That is also done when the handler throws; what disposing throws then takes the place of it, as in `finally`. A
 * stream that was answered keeps its scope until it has been read, left or aborted, so it must be iterated.
 *
 * @param open - called once per message, before its handler; may have to wait
 * @returns a handler for {@link MediatorBuilder.handle} or {@link MediatorBuilder.on}
 * @throws nothing itself; the handler that it returns rejects with whatever `open`, the handler in the scope or
 *   disposing throws, and with `context.signal.reason` when aborted while `open` was at work
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { MediatorBuilder, Query, scoped } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class CountCarts extends Query<number> {
 *   static readonly type = 'CountCarts'
 *   readonly type = 'CountCarts'
 * }
 *
 * const countCarts = scoped(async ({ tenantId }) => {
 *   const carts = new Set([`${tenantId}-1`])
 *   return {
 *     handle: async (_: CountCarts) => ok(carts.size),
 *     [Symbol.asyncDispose]: async () => console.log('the connection is given back'),
 *   }
 * })
 *
 * const mediator = new MediatorBuilder().handle(CountCarts, countCarts).build()
 * console.log((await mediator.send(new CountCarts(), createContext({ tenantId: 'acme' })))._unsafeUnwrap())
 * ```
 */
export function scoped<M extends AnyMessage, Value, Fails extends AnyFailure>(
  open: (context: Context) => Scope<M, Value, Fails> | Promise<Scope<M, Value, Fails>>,
): (message: M, context: Context) => Promise<Result<Value, Fails>> {
  return async (message, context) => {
    const scope = await open(context)
    let isStillRead = false
    let disposed: Promise<void> | undefined
    try {
      context.signal.throwIfAborted()
      const answer = await (typeof scope === 'function'
        ? scope(message, context)
        : scope.handle(message, context))
      if (message.kind !== 'stream' || answer.isErr()) return answer
      isStillRead = true
      const items = answer.value as AsyncIterable<unknown>
      // whoever asks for the items again, gets no second end of the scope
      return ok(watchStream(items, context.signal, () => (disposed ??= dispose(scope))) as Value)
    } finally {
      if (!isStillRead) await dispose(scope)
    }
  }
}

async function dispose(scope: object): Promise<void> {
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: atOnce } = scope as Partial<
    AsyncDisposable & Disposable
  >
  if (later !== undefined) await later.call(scope)
  else atOnce?.call(scope)
}
