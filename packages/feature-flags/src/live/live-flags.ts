import {
  type Clock,
  type Logger,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
  systemTimer,
  type Timer,
  untilAborted,
} from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import type { FlagDocument } from '../document/flag-document.ts'
import { type InvalidFlagDocument, parseFlagDocument } from '../document/parse-flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import type { FlagSet } from '../flags/flag-set.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { backOffMs } from '../sources/back-off.ts'
import type { FlagSource, LoadedFlags } from '../sources/flag-source.ts'
import { requireCount } from '../sources/invalid-option-error.ts'
import { DocumentInForce, type FlagsReloaded } from './document-in-force.ts'
import { keepWatching } from './keep-watching.ts'
import { type FlagSourceUnavailable, flagSourceUnavailable, type ReloadFailure } from './live-failure.ts'
import { LiveFlagsClosedError } from './live-flags-closed-error.ts'
import { type LiveFlagsListener, LiveReports } from './live-reports.ts'
import { OneAtATime } from './one-at-a-time.ts'

/** Options of {@link LiveFlags.open}. */
export interface LiveFlagsOptions {
  /** Where documents come from; for this reader alone, as it remembers what it has answered. */
  readonly source: FlagSource
  /** A document, not yet checked, to begin with when the source has none to give; its revision counts as any other. */
  readonly bootstrap?: unknown
  /** Operators beside the built-in ones, such as `cidr` and `regex`. */
  readonly operators?: readonly ConditionOperator[]
  /** Tells the time to the evaluator; the machine's unless told. */
  readonly clock?: Clock
  /** Warned of what stops flags from being brought up to date, once of each; silent unless told. */
  readonly logger?: Logger
  /** Spreads the rests between attempts; the machine's chance unless told. */
  readonly random?: Random
  /** How often a source is asked that can't be watched, or for now can't; 30 000 ms unless told. */
  readonly pollMs?: number
  /** How long the source may take for one answer; 15 000 unless told. */
  readonly timeoutMs?: number
  /** Gives up opening. */
  readonly signal?: AbortSignal
  /** Waits; the machine's timer unless told. */
  readonly timer?: Timer
}

/** Whether flags are up to date; `stale` where the last attempt to bring them up to date has failed. */
export type LiveFlagsStatus = 'ready' | 'stale' | 'closed'

type Settings = Required<Omit<LiveFlagsOptions, 'bootstrap' | 'signal' | 'clock'>>

/**
 * Keeps an evaluator in step with a source.
 *
 * A document takes the place of the one before whole, at once, and only if it is good: one that is not, an older one, or
 * another one under the same revision is refused, the last good one stays in force, and `status`, the log and listeners
 * say so. One that the flags of the code do not fit is taken: the misfits have their fallbacks, and the log is warned. A
 * source that can't be reached is asked again, by chance within 1 s, doubled with each failure up to 5 min.
 *
 * @example
 * ```ts
 * import { defineFlags, flag } from '@ashlar/feature-flags'
 * import { LiveFlags } from '@ashlar/feature-flags/live'
 * import { objectSource } from '@ashlar/feature-flags/sources'
 *
 * const flags = defineFlags({ banner: flag.boolean() })
 * const documentOf = (revision: string, defaultVariant: string) => ({
 *   version: 1,
 *   revision,
 *   flags: { banner: { enabled: true, type: 'boolean', defaultVariant } },
 * })
 * const source = objectSource(documentOf('1', 'off'))
 * const opened = await LiveFlags.open(flags, { source })
 * if (opened.isErr()) throw new Error(opened.error.message)
 * const live = opened.value
 * live.onChange((event) => console.log(event.type)) // changed
 *
 * source.replace(documentOf('2', 'on'))
 * const reloaded = await live.reload()
 * console.log(reloaded.isOk(), live.evaluator.enabled('banner', { targetingKey: 'u-1' })) // true true
 * await live.close()
 * ```
 */
export class LiveFlags<in out Flags extends FlagSet> implements AsyncDisposable {
  /** Tells the flags by the last good document, after `close()`, too. */
  readonly evaluator: FeatureFlagEvaluator<Flags>
  readonly #settings: Settings
  readonly #reports: LiveReports
  readonly #inForce: DocumentInForce
  readonly #loads: OneAtATime<Result<FlagsReloaded, ReloadFailure>>
  readonly #stop = new AbortController()
  #asked = 0
  #answered = 0
  #unavailable = 0
  #isWatching = false
  #callOff: (() => void) | undefined
  #following: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(
    evaluator: FeatureFlagEvaluator<Flags>,
    settings: Settings,
    bootstrap: FlagDocument | undefined,
  ) {
    this.evaluator = evaluator
    this.#settings = settings
    this.#reports = new LiveReports(settings.logger)
    const named = { source: settings.source.name, operators: settings.operators }
    this.#inForce = new DocumentInForce(evaluator, bootstrap, named, this.#reports)
    this.#loads = new OneAtATime(() => this.#load())
  }

  /**
   * Loads the first document, then follows the source until closed.
   *
   * @param flags - made by `defineFlags`
   * @param options - the source, and what to begin with where it has nothing to give
   * @returns the flags, `stale` where they begin with the bootstrap; `InvalidFlagDocument` for a bad bootstrap, and
   *   without one for a bad document of the source; `FlagSourceUnavailable` without a bootstrap when the source had no
   *   answer
   * @throws the signal's reason when it is aborted; {@link InvalidFlagOptionError} for times that can't be
   * @example See {@link LiveFlags}.
   */
  static async open<Flags extends FlagSet>(
    flags: Flags,
    options: LiveFlagsOptions,
  ): Promise<Result<LiveFlags<Flags>, InvalidFlagDocument | FlagSourceUnavailable>> {
    const { signal, bootstrap, clock = systemClock } = options
    signal?.throwIfAborted()
    const settings = settingsOf(options)
    const { operators } = settings
    const begun = parseBootstrap(bootstrap, operators)
    if (begun.isErr()) return err(begun.error)
    const evaluator = new FeatureFlagEvaluator(flags, { clock, operators, document: begun.value })
    return new LiveFlags(evaluator, settings, begun.value).#begin(signal)
  }

  /** Whether the flags are up to date. */
  get status(): LiveFlagsStatus {
    if (this.#stop.signal.aborted) return 'closed'
    return this.#inForce.lastFailure === undefined ? 'ready' : 'stale'
  }

  /** Why the flags are stale, or were when they were closed; undefined while they are up to date. */
  get lastFailure(): ReloadFailure | undefined {
    return this.#inForce.lastFailure
  }

  /**
   * Asks the source now. Who asks while it is being asked shares one more turn.
   *
   * @param options - `signal` gives up waiting, not the load
   * @returns what has changed; `FlagSourceUnavailable` when the source had no answer, `InvalidFlagDocument`,
   *   `StaleFlagRevision` or `FlagRevisionReused` when the document was refused: the last good one is then still in force
   * @throws the signal's reason; {@link LiveFlagsClosedError} when closed
   */
  async reload(
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<FlagsReloaded, ReloadFailure>> {
    options.signal?.throwIfAborted()
    this.#refuseWhenClosed('reload')
    return untilAborted(this.#loads.run(), options.signal)
  }

  /**
   * Tells a listener of what becomes of the flags, after it has.
   *
   * @param listener - called for each change, each new reason why flags are stale, and when they are up to date again
   * @returns what takes the listener off again
   */
  onChange(listener: LiveFlagsListener): () => void {
    return this.#reports.add(listener)
  }

  /**
   * Ends all loading and watching; the evaluator stays with the last good document. Closing again does nothing.
   *
   * A source that does not heed its signal is not waited for; what it answers later is ignored.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Closes at the end of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #begin(
    signal: AbortSignal | undefined,
  ): Promise<Result<LiveFlags<Flags>, InvalidFlagDocument | FlagSourceUnavailable>> {
    let first: Result<FlagsReloaded, ReloadFailure>
    try {
      first = await untilAborted(this.#loads.run(), signal)
    } catch (error) {
      await this.close()
      throw error
    }
    if (first.isErr() && !this.#inForce.exists) {
      await this.close()
      return err(first.error as InvalidFlagDocument | FlagSourceUnavailable)
    }
    const { source } = this.#settings
    if (source.watch !== undefined) this.#following = this.#follow(source.watch.bind(source))
    return ok(this)
  }

  async #load(): Promise<Result<FlagsReloaded, ReloadFailure>> {
    this.#refuseWhenClosed('load')
    this.#callOff?.()
    const result = await this.#ask()
    this.#scheduleNext()
    return result
  }

  async #ask(): Promise<Result<FlagsReloaded, ReloadFailure>> {
    const { source, timer, timeoutMs } = this.#settings
    const number = ++this.#asked
    const stop = new AbortController()
    const callOff = timer.after(timeoutMs, () => stop.abort(new Error(`no answer within ${timeoutMs} ms`)))
    const close = () => stop.abort(this.#stop.signal.reason)
    this.#stop.signal.addEventListener('abort', close)
    const answering = Promise.resolve().then(() => source.load({ signal: stop.signal }))
    try {
      const loaded = await untilAborted(answering, stop.signal)
      this.#refuseWhenClosed('load')
      return this.#take(loaded, number)
    } catch (error) {
      this.#refuseWhenClosed('load')
      if (stop.signal.aborted) this.#takeLate(answering, number)
      this.#unavailable++
      return this.#inForce.fail(flagSourceUnavailable(source.name, error))
    } finally {
      callOff()
      this.#stop.signal.removeEventListener('abort', close)
    }
  }

  #take(loaded: LoadedFlags, number: number): Result<FlagsReloaded, ReloadFailure> {
    const result = this.#inForce.take(loaded)
    if (loaded !== 'unchanged') this.#answered = number
    this.#unavailable = 0
    return result
  }

  /** A source that did not heed its signal has answered, and will say `unchanged` from now on. */
  #takeLate(answering: Promise<LoadedFlags>, number: number): void {
    const take = (loaded: LoadedFlags) => {
      if (this.#stop.signal.aborted || this.#answered > number) return
      const isTaken = this.#take(loaded, number).isOk()
      this.#reports.info(
        { source: this.#settings.source.name, isTaken },
        'a source of flags has answered late',
      )
    }
    answering.then(take).catch(() => {})
  }

  /** A source that is watched says when it is time to ask; should it say nothing after a failure, it is asked, too. */
  #scheduleNext(): void {
    this.#callOff?.()
    if (this.#stop.signal.aborted) return
    const { timer, pollMs, random } = this.#settings
    const isDown = this.#unavailable > 0
    if (this.#isWatching && !isDown) return
    const restMs = isDown ? backOffMs(this.#unavailable, random) : pollMs
    const waitMs = this.#isWatching ? Math.max(restMs, pollMs) : restMs
    this.#callOff = timer.after(waitMs, () => void this.#refresh(), { idle: true })
  }

  #follow(watch: NonNullable<FlagSource['watch']>): Promise<void> {
    const { source, timer, random } = this.#settings
    const turn = (isWatching: boolean) => {
      this.#isWatching = isWatching
      this.#scheduleNext()
    }
    return keepWatching(watch, this.#stop.signal, {
      timer,
      random,
      refresh: () => this.#refresh(),
      begun: () => turn(true),
      failed: (reason, isNews) => {
        if (isNews)
          this.#reports.warn({ source: source.name, reason }, "flags can't be watched, will be polled")
        turn(false)
      },
    })
  }

  /** Status, log and listeners tell how it went. */
  async #refresh(): Promise<void> {
    if (!this.#stop.signal.aborted) await Promise.allSettled([this.#loads.run()])
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#stop.signal.aborted) throw new LiveFlagsClosedError(operation)
  }

  async #close(): Promise<void> {
    this.#stop.abort(new LiveFlagsClosedError('load'))
    this.#callOff?.()
    await this.#loads.idle()
    await this.#following
    this.#reports.close()
  }
}

function parseBootstrap(
  bootstrap: unknown,
  operators: readonly ConditionOperator[],
): Result<FlagDocument | undefined, InvalidFlagDocument> {
  return bootstrap === undefined ? ok(undefined) : parseFlagDocument(bootstrap, { operators })
}

function settingsOf(options: LiveFlagsOptions): Settings {
  return {
    source: options.source,
    operators: options.operators ?? [],
    logger: options.logger ?? silentLogger,
    random: options.random ?? systemRandom,
    pollMs: requireCount('pollMs', options.pollMs ?? 30_000),
    timeoutMs: requireCount('timeoutMs', options.timeoutMs ?? 15_000),
    timer: options.timer ?? systemTimer,
  }
}
