/**
 * Waits for a promise for as long as the signal lets it; what comes too late is ignored.
 *
 * @throws the signal's reason when it is aborted, whether or not the other side cares for it
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
