/** Waits for work, but no longer than a signal allows; then it rejects with the signal's reason, and the work goes on. */
export async function untilAborted<Value>(
  work: Value | PromiseLike<Value>,
  signal: AbortSignal,
): Promise<Value> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
