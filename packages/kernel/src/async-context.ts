/**
 * The Context of the present request, for code that can't be handed one; entered at most once, at the edge.
 *
 * @packageDocumentation
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from './context.ts'

const current = new AsyncLocalStorage<Context>()

/**
 * Runs work in which {@link currentContext} finds the context, however deep and however late.
 *
 * @param context - of the request
 * @param work - all that belongs to the request
 * @returns what the work returns
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { currentContext, runWithContext } from '@ashlar/kernel/async-context'
 *
 * await runWithContext(createContext({ userId: 'ada' }), async () => {
 *   console.log(currentContext()?.userId)
 * })
 * ```
 */
export function runWithContext<T>(context: Context, work: () => T): T {
  return current.run(context, work)
}

/**
 * Finds the context that {@link runWithContext} entered.
 *
 * @returns the context, or undefined outside of it
 * @example See {@link runWithContext}.
 */
export function currentContext(): Context | undefined {
  return current.getStore()
}
