/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Clock,
  type Logger,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
  systemTimer,
  type Timer,
} from '@ashlar/kernel'
import { unitOf } from '../bucketing/draw.ts'
import type { FlagDetails } from '../evaluate/flag-details.ts'
import type { FlagReader } from '../evaluate/flag-reader.ts'
import type {
  BooleanFlagKey,
  ContextOf,
  FlagKey,
  FlagSet,
  FlagValue,
  FlagVariant,
} from '../flags/flag-set.ts'
import { requireCount } from '../sources/invalid-option-error.ts'
import { exposedAttributes, maxTextLength } from './exposed-attributes.ts'
import type { ExposedVariant, Exposure, ExposureSink } from './exposure.ts'
import { ExposureDelivery } from './exposure-delivery.ts'
import { guardedLogger } from './guarded-logger.ts'
import { RecentKeys } from './recent-keys.ts'

/** Options of {@link ExposureRecorder}. */
export interface ExposureRecorderOptions<in out Flags extends FlagSet> {
  /** Where exposures go. */
  readonly sink: ExposureSink
  /** The attributes of a context that may leave; none unless told. */
  readonly attributes?: readonly AttributeNameOf<Flags>[]
  /** The attribute that says who saw a variant; `targetingKey` unless told. */
  readonly unit?: AttributeNameOf<Flags>
  /** How many exposures are remembered so as not to be recorded again; 100 000 unless told. */
  readonly maxRemembered?: number
  /** How long one is remembered, 24 days at most; for as long as there is room unless told. */
  readonly rememberForMs?: number
  /** How many may wait for delivery, beside the batch on its way; 10 000 unless told. Beyond, the oldest are dropped. */
  readonly maxBuffered?: number
  /** How many are handed over at once at most; 500 unless told. As many are delivered without waiting for their time. */
  readonly batchSize?: number
  /** How long an exposure waits for others at most; 10 000 unless told. */
  readonly flushEveryMs?: number
  /** How long the sink may take for a batch; 30 000 unless told. */
  readonly timeoutMs?: number
  /** Dates exposures; the machine's unless told. */
  readonly clock?: Clock
  /** Spreads the rests after failures; the machine's chance unless told. */
  readonly random?: Random
  /** Waits; the machine's timer unless told. */
  readonly timer?: Timer
  /** Told of a sink that fails and of what is dropped, once until it works again; silent unless told. */
  readonly logger?: Logger
}

/** The names of the attributes that a set's contexts may have. */
export type AttributeNameOf<Flags extends FlagSet> = keyof ContextOf<Flags> & string

/**
 * Tells flags and records who saw which variant, for experiments.
 *
 * Recorded are variants that were chosen for someone: by a rule, a draw, a default beside rules, a holdout, or an
 * override, which the reason tells. Not recorded are failures, flags without rules (`STATIC`), flags that are off
 * (`DISABLED`, `OUT_OF_SCHEDULE`, `PREREQUISITE_FAILED`) or the layer's other slices, what has no variant, and contexts
 * without a unit. The same unit that sees the same variant of a flag for the same reason is one exposure, whatever
 * revision told it, for as long as it is remembered: at least once. Those used least recently are forgotten first.
 *
 * Recording never throws and never waits. A sink that fails is handed the batch again, after rests that grow from 1 s
 * to 5 min at most.
 *
 * @example
 * ```ts
 * import { defineFlags, ExposureRecorder, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 *
 * const flags = defineFlags({ shipping: flag.variants({ standard: 0, express: 1 }, { fallback: 'standard' }) })
 * const document = parseFlagDocument({
 *   version: 1,
 *   flags: {
 *     shipping: {
 *       enabled: true,
 *       type: 'number',
 *       variants: { standard: 0, express: 1 },
 *       fallthrough: { split: { standard: 50, express: 50 } },
 *     },
 *   },
 * })
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const recorder = new ExposureRecorder(new FeatureFlagEvaluator(flags, { document: document.value }), {
 *   sink: { record: async (exposures) => console.log(exposures.map(({ unit, reason }) => `${unit} ${reason}`)) },
 * })
 * recorder.value('shipping', { targetingKey: 'c-1' })
 * recorder.value('shipping', { targetingKey: 'c-1' })
 * await recorder.flush() // [ 'c-1 SPLIT' ]
 * await recorder.close()
 * ```
 */
export class ExposureRecorder<in out Flags extends FlagSet> {
  readonly #reader: FlagReader<Flags>
  readonly #attributes: readonly string[]
  readonly #unit: string
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #recent: RecentKeys
  readonly #delivery: ExposureDelivery
  #recorded = 0
  #refused = 0
  #hasWarned = false

  /**
   * @param reader - tells the flags
   * @param options - sink, allow-list and limits
   * @throws RangeError with code `ASHLAR_FEATURE_FLAGS_INVALID_OPTION` for a limit that is no whole number in its range
   */
  constructor(reader: FlagReader<Flags>, options: ExposureRecorderOptions<Flags>) {
    this.#reader = reader
    this.#attributes = [...(options.attributes ?? [])]
    this.#unit = options.unit ?? 'targetingKey'
    this.#clock = options.clock ?? systemClock
    this.#logger = guardedLogger(options.logger ?? silentLogger)
    this.#recent = new RecentKeys(
      requireCount('maxRemembered', options.maxRemembered ?? 100_000),
      options.rememberForMs === undefined ? Infinity : requireCount('rememberForMs', options.rememberForMs),
    )
    this.#delivery = new ExposureDelivery({
      sink: options.sink,
      maxBuffered: requireCount('maxBuffered', options.maxBuffered ?? 10_000),
      batchSize: requireCount('batchSize', options.batchSize ?? 500),
      flushEveryMs: requireCount('flushEveryMs', options.flushEveryMs ?? 10_000),
      timeoutMs: requireCount('timeoutMs', options.timeoutMs ?? 30_000),
      random: options.random ?? systemRandom,
      timer: options.timer ?? systemTimer,
      logger: this.#logger,
      onDrop: (exposure) => this.#recent.forget(keyOf(exposure)),
    })
  }

  /** How many exposures were recorded, delivered or not; repetitions don't count. */
  get recorded(): number {
    return this.#recorded
  }

  /** How many were lost: too many waited, the unit was too long, or they came too late or stayed undelivered at closing. */
  get dropped(): number {
    return this.#refused + this.#delivery.dropped
  }

  /** Tells the value of a flag for a context, or its fallback, and records it. */
  value<Key extends FlagKey<Flags>>(key: Key, context: ContextOf<Flags>): FlagValue<Flags, Key> {
    return this.details(key, context).value
  }

  /** Tells whether a boolean flag is on for a context, and records it. */
  enabled(key: BooleanFlagKey<Flags>, context: ContextOf<Flags>): boolean {
    return this.details(key, context).value === true
  }

  /** Tells the value of a flag for a context and how it came about, and records it. */
  details<Key extends FlagKey<Flags>>(
    key: Key,
    context: ContextOf<Flags>,
  ): FlagDetails<FlagValue<Flags, Key>, FlagVariant<Flags, Key>> {
    const details = this.#reader.details(key, context)
    this.record(key, details, context)
    return details
  }

  /**
   * Records what was told otherwise, by a snapshot for one; never throws, never waits.
   *
   * @param flag - the flag's key
   * @param told - the details, of which variant, reason, rule and revision are recorded
   * @param context - whom it was told for
   */
  record(flag: string, told: ExposedVariant, context: unknown): void {
    if (told.variant === undefined || unexposed.has(told.reason)) return
    try {
      this.#expose(flag, told.variant, told, Object(context))
    } catch (error) {
      this.#refuse(error)
    }
  }

  /**
   * Delivers all that was recorded before, without waiting for its time.
   *
   * @param options - `signal`, which gives up waiting; the delivery goes on
   * @throws {@link ExposuresUndeliveredError} after the first attempt that failed, and where exposures were dropped
   * @throws the signal's reason when it is aborted
   */
  flush(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.#delivery.flush(options.signal)
  }

  /**
   * Delivers what it can, drops the rest, and stops; flags are still told, but not recorded any more. Never throws: who
   * must know calls {@link ExposureRecorder.flush} before.
   *
   * @param options - `timeoutMs`, how long the sink may take for all; 5 000 unless told
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    return this.#delivery.close(options.timeoutMs ?? 5_000)
  }

  /** Closes it at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #expose(flag: string, variant: string, told: ExposedVariant, context: Record<string, unknown>): void {
    const unit = unitOf(context[this.#unit])
    if (unit === undefined) return
    const { reason, ruleId, revision } = told
    if (unit.length > maxTextLength) return this.#refuse(new RangeError('the unit is too long'))
    if (this.#delivery.isClosed) return this.#refuse(new Error('the recorder is closed'))
    const now = this.#clock.now()
    if (!this.#recent.isNew(keyOf({ flag, variant, reason, unit }), now.getTime())) return
    this.#recorded++
    this.#delivery.add(
      Object.freeze({
        flag,
        variant,
        unit,
        ...(ruleId !== undefined && { ruleId }),
        reason,
        revision,
        at: now.toISOString(),
        attributes: exposedAttributes(context, this.#attributes),
      }),
    )
  }

  #refuse(error: unknown): void {
    this.#refused++
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#logger.warn({ err: error }, 'an exposure could not be recorded')
  }
}

/** Why a variant is no exposure: nobody was chosen for it. */
const unexposed: ReadonlySet<string> = new Set<FlagDetails<unknown>['reason']>([
  'STATIC',
  'DISABLED',
  'OUT_OF_SCHEDULE',
  'PREREQUISITE_FAILED',
  'OTHER_LAYER_SLICE',
  'ERROR',
])

function keyOf({ flag, variant, reason, unit }: Omit<Exposure, 'ruleId' | 'revision' | 'at' | 'attributes'>) {
  return `${flag}\0${variant}\0${reason}\0${unit}`
}
