import { systemTimer } from '@ashlar/kernel'
import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  ProviderNotReadyError,
  type ResolutionDetails,
} from '@openfeature/server-sdk'
import type { FlagType } from '../flags/flag.ts'
import type { LiveFlagsEvent } from '../live/live-reports.ts'
import type { FlagTeller, FollowedFlags, OpenFlags } from './provided-flags.ts'
import { failed, resolutionOf } from './resolution.ts'

/**
 * Tells flags to OpenFeature.
 *
 * It takes an evaluator, live flags, or a function that opens live flags. Those that it opened it also closes; what was
 * handed in stays its owner's. The caller's default stands where a flag can't be told, and where neither its document
 * nor its definition has a value for the case. Objects are frozen and shared by all who ask. Live flags that change are
 * told as `ConfigurationChanged`, stale ones as `Stale`, and when they are up to date again as `Ready`.
 *
 * @example
 * ```ts
 * import { defineFlags } from '@ashlar/feature-flags'
 * import { LiveFlags } from '@ashlar/feature-flags/live'
 * import { AshlarProvider } from '@ashlar/feature-flags/openfeature'
 * import { objectSource } from '@ashlar/feature-flags/sources'
 * import { OpenFeature } from '@openfeature/server-sdk'
 *
 * const source = objectSource({
 *   version: 1,
 *   flags: { banner: { enabled: true, type: 'boolean', defaultVariant: 'on' } },
 * })
 * await OpenFeature.setProviderAndWait(new AshlarProvider(() => LiveFlags.open(defineFlags({}), { source })))
 * console.log(await OpenFeature.getClient().getBooleanValue('banner', false)) // true
 * await OpenFeature.close()
 * ```
 */
export class AshlarProvider implements Provider {
  /** The name that OpenFeature shows. */
  readonly metadata: { readonly name: 'ashlar' } = { name: 'ashlar' }
  /** For servers. */
  readonly runsOn = 'server'
  /** What OpenFeature listens to. */
  readonly events: OpenFeatureEventEmitter = new OpenFeatureEventEmitter()
  readonly #flags: FlagTeller | FollowedFlags | OpenFlags
  #teller: FlagTeller | undefined
  #isWaiting = false
  /** Counts openings and closings, so that one that took too long is known. */
  #round = 0
  #leave: () => Promise<void> = async () => {}

  /** @param flags - an evaluator, live flags, or a function that opens live flags */
  constructor(flags: FlagTeller | FollowedFlags | OpenFlags) {
    this.#flags = flags
  }

  /**
   * Opens the flags, where they are to be opened; OpenFeature calls it.
   *
   * @throws ProviderFatalError when a document is refused, or live flags were closed before
   * @throws ProviderNotReadyError when the flags can't be loaded now, or an evaluator has no document yet; one that gets
   * it later is ready with the first flag that it tells
   */
  async initialize(): Promise<void> {
    // one that stands alone and in a MultiProvider, too, is initialised by both
    const leave = this.#leave
    this.#leave = async () => {}
    try {
      await this.#begin()
    } finally {
      await leave()
    }
  }

  /** Ends listening, and closes what it opened; OpenFeature calls it. */
  async onClose(): Promise<void> {
    this.#round++
    this.#teller = undefined
    const leave = this.#leave
    this.#leave = async () => {}
    await leave()
  }

  /** Tells a boolean flag. */
  async resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return this.#resolve(flagKey, 'boolean', defaultValue, context)
  }

  /** Tells a text flag. */
  async resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return this.#resolve(flagKey, 'string', defaultValue, context)
  }

  /** Tells a number flag. */
  async resolveNumberEvaluation(
    flagKey: string,
    defaultValue: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return this.#resolve(flagKey, 'number', defaultValue, context)
  }

  /** Tells a flag of objects or lists; frozen. */
  async resolveObjectEvaluation<Value extends JsonValue>(
    flagKey: string,
    defaultValue: Value,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<Value>> {
    return this.#resolve(flagKey, 'object', defaultValue, context)
  }

  #resolve<Value>(key: string, type: FlagType, defaultValue: Value, context: EvaluationContext) {
    const teller = this.#teller
    if (teller === undefined)
      return failed(defaultValue, ErrorCode.PROVIDER_NOT_READY, 'the provider is not open')
    const resolution = resolutionOf(key, teller.evaluate(key, context), type, defaultValue)
    if (this.#isWaiting && teller.revision !== '') {
      this.#isWaiting = false
      this.events.emit(ProviderEvents.Ready)
    }
    return resolution
  }

  async #begin(): Promise<void> {
    const flags = this.#flags
    if (typeof flags === 'function') return this.#open(flags)
    if ('onChange' in flags) return this.#follow(flags)
    this.#teller = flags
    this.#isWaiting = flags.revision === ''
    if (this.#isWaiting) throw new ProviderNotReadyError('the evaluator has no document yet')
  }

  async #open(open: OpenFlags): Promise<void> {
    const round = ++this.#round
    const opened = await open()
    if (opened.isErr()) {
      const { type, message } = opened.error
      throw type === 'InvalidFlagDocument'
        ? new ProviderFatalError(message)
        : new ProviderNotReadyError(message)
    }
    const flags = opened.value
    if (round !== this.#round) {
      await flags.close()
      throw new ProviderNotReadyError('the provider was closed while it opened its flags')
    }
    this.#follow(flags)
    const stop = this.#leave
    this.#leave = async () => {
      await stop()
      await flags.close()
    }
  }

  #follow(flags: FollowedFlags): void {
    if (flags.status === 'closed') throw new ProviderFatalError('the flags were closed')
    this.#teller = flags.evaluator
    const stop = flags.onChange((event) => this.#tell(event))
    this.#leave = async () => stop()
    if (flags.status === 'stale') this.#tellStaleLater(flags)
  }

  /** OpenFeature takes a provider for up to date once it is initialised; what is told before that is lost. */
  #tellStaleLater(flags: FollowedFlags): void {
    systemTimer.after(0, () => {
      if (flags.status === 'stale' && this.#teller === flags.evaluator)
        this.events.emit(ProviderEvents.Stale, {
          message: flags.lastFailure?.message ?? 'the flags are stale',
        })
    })
  }

  #tell(event: LiveFlagsEvent): void {
    switch (event.type) {
      case 'changed':
        return this.events.emit(ProviderEvents.ConfigurationChanged, {
          flagsChanged: [...event.changed],
          message: `revision ${event.revision}`,
        })
      case 'refused':
        return this.events.emit(ProviderEvents.Stale, { message: event.failure.message })
      case 'recovered':
        return this.events.emit(ProviderEvents.Ready)
      default:
        event satisfies never
    }
  }
}
