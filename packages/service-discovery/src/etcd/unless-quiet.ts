import { pause, type Timer } from '@ashlar/kernel'

/**
 * Tells messages, and nothing each time there was none for a while.
 *
 * @throws what the messages throw, and the signal's reason when it is aborted
 */
export async function* unlessQuiet<T extends object>(
  messages: AsyncGenerator<T, void, undefined>,
  { quietMs, timer }: { readonly quietMs: number; readonly timer: Timer },
  signal: AbortSignal,
): AsyncGenerator<T | undefined, void, undefined> {
  let next = messages.next()
  for (;;) {
    const spoken = new AbortController()
    const quiet = pause(quietMs, timer, AbortSignal.any([signal, spoken.signal]))
    quiet.catch(() => {})
    try {
      const first = await Promise.race([next, quiet])
      if (first === undefined) yield undefined
      else if (first.done === true) return
      else {
        yield first.value
        next = messages.next()
      }
    } finally {
      spoken.abort()
    }
  }
}
