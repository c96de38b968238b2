import { type Logger, type Random, type Timer, untilAborted } from '@ashlar/kernel'
import { backOffMs } from '../sources/back-off.ts'
import type { Exposure, ExposureSink } from './exposure.ts'
import { ExposuresUndeliveredError } from './exposures-undelivered-error.ts'

/** What a delivery works with. */
export interface DeliveryOptions {
  readonly sink: ExposureSink
  readonly maxBuffered: number
  readonly batchSize: number
  readonly flushEveryMs: number
  readonly timeoutMs: number
  readonly random: Random
  readonly timer: Timer
  readonly logger: Logger
  /** Told of each exposure that is given up. */
  readonly onDrop: (exposure: Exposure) => void
}

/** What a timer can take; it makes nothing of more. */
const longestMs = 2 ** 31 - 1

/** A batch that is on its way, and the number of its first exposure. */
type Batch = { readonly from: number; readonly exposures: readonly Exposure[] }

/** Hands exposures to a sink: in order, in batches, one at a time, and again until each was kept or dropped. */
export class ExposureDelivery {
  readonly #options: DeliveryOptions
  /** By their number; the oldest first. */
  readonly #waiting = new Map<number, Exposure>()
  #oldest = 1
  #newest = 0
  #batch: Batch | undefined
  #attempt: Promise<void> | undefined
  #alarm: { readonly ms: number; readonly callOff: () => void } | undefined
  #failures = 0
  #dropped = 0
  #isOverflowing = false
  #closing: Promise<void> | undefined
  readonly #end = new AbortController()

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  get dropped(): number {
    return this.#dropped
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** Takes an exposure along; never throws, never waits. */
  add(exposure: Exposure): void {
    if (this.#waiting.size >= this.#options.maxBuffered) this.#overflow()
    this.#waiting.set(++this.#newest, exposure)
    this.#wakeUp()
  }

  /**
   * Delivers all that was added before, without waiting for its time.
   *
   * @throws {@link ExposuresUndeliveredError} after the first attempt that failed, and where some were dropped
   * @throws the signal's reason when it is aborted
   */
  async flush(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const through = this.#newest
    const dropped = this.#dropped
    while ((this.#batch?.from ?? this.#oldest) <= through)
      await untilAborted(this.#deliver(), signal).catch((error: unknown) => {
        throw signal?.aborted ? signal.reason : this.#undelivered(dropped, error)
      })
    if (this.#dropped > dropped) throw this.#undelivered(dropped)
  }

  /** Delivers what it can within a time, and drops the rest; never throws. */
  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    const callOff = this.#options.timer.after(Math.min(timeoutMs, longestMs), () =>
      this.#end.abort(new Error(`not closed within ${timeoutMs} ms`)),
    )
    try {
      await this.flush(this.#end.signal)
    } catch (error) {
      this.#giveUp(error)
    } finally {
      callOff()
      this.#alarm?.callOff()
      this.#end.abort()
    }
  }

  /** One attempt at a time, whoever asks for it. */
  #deliver(): Promise<void> {
    this.#attempt ??= this.#tryBatch().finally(() => {
      this.#attempt = undefined
      if (!this.#end.signal.aborted) this.#wakeUp()
    })
    return this.#attempt
  }

  async #tryBatch(): Promise<void> {
    this.#alarm?.callOff()
    this.#alarm = undefined
    this.#batch ??= this.#nextBatch()
    if (this.#batch === undefined) return
    try {
      await this.#handOver(this.#batch.exposures)
    } catch (error) {
      if (this.#failures++ === 0 && !this.#end.signal.aborted)
        this.#options.logger.warn({ err: error }, 'exposures were not delivered and are tried again')
      throw error
    }
    this.#batch = undefined
    this.#failures = 0
    this.#isOverflowing = false
  }

  #nextBatch(): Batch | undefined {
    const from = this.#oldest
    const exposures: Exposure[] = []
    while (this.#waiting.size > 0 && exposures.length < this.#options.batchSize) exposures.push(this.#shift())
    return exposures.length === 0 ? undefined : { from, exposures: Object.freeze(exposures) }
  }

  /** A sink may throw at once, settle too late or never; it may also call back, and finds this attempt under way. */
  async #handOver(exposures: readonly Exposure[]): Promise<void> {
    const { sink, timer, timeoutMs } = this.#options
    const late = new AbortController()
    const callOff = timer.after(
      timeoutMs,
      () => late.abort(new Error(`the sink took longer than ${timeoutMs} ms`)),
      { idle: true },
    )
    const end = () => late.abort(this.#end.signal.reason)
    this.#end.signal.addEventListener('abort', end)
    const recorded = Promise.resolve().then(() => sink.record(exposures, { signal: late.signal }))
    await untilAborted(recorded, late.signal).finally(() => {
      callOff()
      this.#end.signal.removeEventListener('abort', end)
    })
  }

  /** Sees to it that there is a next attempt, and that it is not too late for what waits. */
  #wakeUp(): void {
    if (this.#attempt !== undefined || (this.#batch === undefined && this.#waiting.size === 0)) return
    const ms = this.#restMs()
    if (this.#alarm !== undefined && (this.#alarm.ms <= ms || this.#failures > 0)) return
    this.#alarm?.callOff()
    const callOff = this.#options.timer.after(ms, () => void this.#deliver().catch(() => {}), { idle: true })
    this.#alarm = { ms, callOff }
  }

  #restMs(): number {
    const { batchSize, maxBuffered, flushEveryMs, random } = this.#options
    if (this.#failures > 0) return backOffMs(this.#failures, random)
    return this.#waiting.size >= Math.min(batchSize, maxBuffered) ? 0 : flushEveryMs
  }

  #overflow(): void {
    const isNews = !this.#isOverflowing
    this.#isOverflowing = true
    if (isNews)
      this.#options.logger.error(
        { maxBuffered: this.#options.maxBuffered },
        'too many exposures wait to be delivered; the oldest are dropped',
      )
    this.#drop(this.#shift())
  }

  #giveUp(error: unknown): void {
    for (const exposure of this.#batch?.exposures ?? []) this.#drop(exposure)
    this.#batch = undefined
    while (this.#waiting.size > 0) this.#drop(this.#shift())
    this.#options.logger.error({ err: error, dropped: this.#dropped }, 'exposures were given up at closing')
  }

  #drop(exposure: Exposure): void {
    this.#dropped++
    this.#options.onDrop(exposure)
  }

  #shift(): Exposure {
    const exposure = this.#waiting.get(this.#oldest) as Exposure
    this.#waiting.delete(this.#oldest++)
    return exposure
  }

  #undelivered(droppedBefore: number, cause?: unknown): ExposuresUndeliveredError {
    const waiting = this.#waiting.size + (this.#batch?.exposures.length ?? 0)
    return new ExposuresUndeliveredError(waiting, this.#dropped - droppedBefore, cause)
  }
}
