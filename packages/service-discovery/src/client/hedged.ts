import type { Timer } from '@ashlar/kernel'

/** What a hedged attempt is made of. */
export interface Hedge {
  /** After how long without an answer the second one begins. */
  readonly afterMs: number
  readonly timer: Timer
  /** Whether there may be a second one. */
  readonly allow: () => boolean
}

/**
 * Begins a second attempt where the first one takes long; the first good answer wins, and the other attempt is aborted.
 *
 * @param attempt - is called once or twice, each time with a signal that is aborted when the other one has won
 * @param hedge - when, and whether
 * @throws what the attempt threw that failed last
 * @see https://research.google/pubs/the-tail-at-scale/
 */
export function hedged<T>(attempt: (signal: AbortSignal) => Promise<T>, hedge: Hedge): Promise<T> {
  return new Promise((resolve, reject) => {
    const stops: AbortController[] = []
    let running = 0
    let isOver = false
    const end = (settle: () => void, winner?: AbortController) => {
      isOver = true
      callOff()
      for (const stop of stops)
        if (stop !== winner) stop.abort(new DOMException('another one was faster', 'AbortError'))
      settle()
    }
    const begin = () => {
      const stop = new AbortController()
      stops.push(stop)
      running++
      attempt(stop.signal).then(
        (value) => {
          if (!isOver) end(() => resolve(value), stop)
        },
        (error: unknown) => {
          running--
          if (!isOver && running === 0) end(() => reject(error), stop)
        },
      )
    }
    const callOff = hedge.timer.after(hedge.afterMs, () => {
      if (!isOver && hedge.allow()) begin()
    })
    begin()
  })
}
