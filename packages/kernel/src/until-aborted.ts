/**
 * Waits for a promise for as long as the signal lets it; what comes too late is ignored.
 *
 * @param promise - what is waited for; goes on by itself when nobody waits any more
 * @param signal - ends the waiting; without one it lasts as long as the promise
 * @throws the signal's reason when it is aborted, whether or not the other side cares for it
 * @example
 * ```ts
 * import { untilAborted } from '@ashlar/kernel'
 *
 * console.log(await untilAborted(Promise.resolve('in time'), AbortSignal.timeout(1_000))) // in time
 * ```
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    const leave = () => signal.removeEventListener('abort', abort)
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(leave)
    if (signal.aborted) abort()
  })
}
