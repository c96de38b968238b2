import { constants } from 'node:os'
import { type Logger, silentLogger, systemTimer, type Timer } from '@ashlar/kernel'
import { requireMs } from './require-ms.ts'

/** What is given back when a process ends: health endpoints, a lease, a registry, a server, a pool. */
export interface Releasable {
  /** Asks the others to send nothing new. */
  drain?(): unknown
  /** Gives it back. */
  release?(): unknown
  /** Gives it back, where there is no `release`. */
  [Symbol.asyncDispose]?(): unknown
  /** Gives it back, where there is neither. */
  close?(): unknown
}

/** How {@link releaseOnSignals} works. */
export interface ReleaseOnSignalsOptions {
  /** `SIGTERM` and `SIGINT` unless told. */
  readonly signals?: readonly NodeJS.Signals[]
  /** How long work goes on after draining, so that others see it, from 0; 5,000 unless told. */
  readonly drainMs?: number
  /** How long each step may take before the next one is begun, from 1; 5,000 unless told. */
  readonly timeoutMs?: number
  /** Whether the process ends by the signal when all is released; true unless told. */
  readonly exit?: boolean
  /** Waits; the system's unless told. */
  readonly timer?: Timer
  /** Hears what could not be drained or released; silent unless told. */
  readonly logger?: Logger
}

/**
 * Ends a process without losing calls: on a signal it drains, waits until others have seen it, and gives everything back.
 *
 * All are drained at once. After `drainMs` each is given back, in their order, by `release`, else by disposing, else by
 * `close`; one that fails or hangs does not hold up the next. Then the process ends by the signal, as it would have done
 * at once, unless others listen to it. A second signal ends it at once.
 *
 * @param subject - one or several, in the order in which they are given back
 * @param options - which signals, and how long to wait
 * @returns what takes the listeners off again; a release that has begun goes on
 * @throws RangeError for an option that can't be
 * @example
 * ```ts
 * import { healthEndpoints, releaseOnSignals } from '@ashlar/service-discovery/health'
 *
 * const health = healthEndpoints()
 * const server = { close: async () => console.log('closed') }
 * const stopListening = releaseOnSignals([health, server], { drainMs: 10_000 })
 *
 * stopListening()
 * ```
 */
export function releaseOnSignals(
  subject: Releasable | readonly Releasable[],
  options: ReleaseOnSignalsOptions = {},
): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], exit = true } = options
  for (const signal of signals)
    if (!Object.hasOwn(constants.signals, signal) || signal === 'SIGKILL' || signal === 'SIGSTOP')
      throw new RangeError(
        `option "signals" must be names of signals that can be heard, found ${JSON.stringify(signal)}`,
      )
  const release = releaseOf(Array.isArray(subject) ? subject : [subject], options)
  let isEnding = false
  const stopListening = () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (isEnding) {
      stopListening()
      return endAtOnce(signal)
    }
    isEnding = true
    void release().then(() => {
      stopListening()
      if (exit) endUnlessOthersListen(signal)
    })
  }
  for (const signal of signals) process.on(signal, onSignal)
  return stopListening
}

type Ending = Required<Pick<ReleaseOnSignalsOptions, 'timeoutMs' | 'timer' | 'logger'>>

/** Never rejects, and takes no longer than its limits. */
function releaseOf(
  subjects: readonly Releasable[],
  { drainMs = 5_000, timeoutMs = 5_000, timer = systemTimer, logger = silentLogger }: ReleaseOnSignalsOptions,
): () => Promise<void> {
  requireMs('drainMs', drainMs, 0)
  const ending = { timeoutMs: requireMs('timeoutMs', timeoutMs, 1), timer, logger }
  return async () => {
    const draining = subjects.map((subject) => within('drain', () => subject.drain?.(), ending))
    await Promise.all(draining)
    await rest(drainMs, timer)
    for (const subject of subjects) await within('release', () => giveBack(subject), ending)
  }
}

function giveBack(subject: Releasable): unknown {
  if (typeof subject.release === 'function') return subject.release()
  const dispose = subject[Symbol.asyncDispose]
  return typeof dispose === 'function' ? dispose.call(subject) : subject.close?.()
}

async function within(step: 'drain' | 'release', run: () => unknown, ending: Ending): Promise<void> {
  const { timeoutMs, timer, logger } = ending
  const late = Promise.withResolvers<never>()
  const giveUp = () => late.reject(new Error(`no end within ${timeoutMs} ms`))
  const callOff = timer.after(timeoutMs, giveUp)
  try {
    const ended: unknown = await Promise.race([(async () => run())(), late.promise])
    if (isFailed(ended)) logger.warn({ step, failure: ended.error }, 'a step before the end failed')
  } catch (error) {
    logger.warn({ step, error }, 'a step before the end failed')
  } finally {
    callOff()
  }
}

/** Leases tell by a result what they could not do. */
function isFailed(ended: unknown): ended is { readonly error: unknown } {
  const { isErr } = Object(ended)
  return typeof isErr === 'function' && isErr.call(ended) === true
}

/** Keeps the process alive, unlike a pause. */
function rest(ms: number, timer: Timer): Promise<void> {
  return new Promise((resolve) => {
    timer.after(ms, resolve)
  })
}

/** Who else listens has its own idea of the end. */
function endUnlessOthersListen(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function endAtOnce(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 0) process.exit(128 + constants.signals[signal])
  process.kill(process.pid, signal)
}
