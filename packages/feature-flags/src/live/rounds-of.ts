import { untilAborted } from '@ashlar/kernel'

/**
 * Goes through what a source's `watch` gives, until the signal is aborted, whether or not the source heeds it.
 *
 * @throws the signal's reason when it is aborted, and what the source throws
 */
export async function* roundsOf(
  watching: AsyncIterable<void>,
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  const iterator = watching[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await untilAborted(Promise.resolve(iterator.next()), signal)
      if (next.done) return
      yield
    }
  } finally {
    leave(iterator)
  }
}

/** Not waited for: one that never answers would not answer this, either. */
function leave(iterator: AsyncIterator<void>): void {
  void (async () => iterator.return?.())().catch(() => {})
}
