import { type Clock, type Logger, silentLogger, systemClock } from '@ashlar/kernel'
import type { FlagDetails } from '../evaluate/flag-details.ts'
import type { FlagReader } from '../evaluate/flag-reader.ts'
import { guardedLogger } from '../exposures/guarded-logger.ts'
import type {
  BooleanFlagKey,
  ContextOf,
  FlagKey,
  FlagSet,
  FlagValue,
  FlagVariant,
} from '../flags/flag-set.ts'
import { unlessAborted } from './unless-aborted.ts'
import { type ContextFacts, contextOf } from './user-context.ts'
import type { FlagUser, UserContextProvider } from './user-context-provider.ts'

/** Options of {@link FeatureFlagService}. */
export interface FeatureFlagServiceOptions<Flags extends FlagSet> {
  /** Tells who is asking. */
  readonly users: UserContextProvider
  /** Where the program runs, such as `production`; told to no rule unless given here. */
  readonly environment?: string
  /** Tells the moment of each question; the machine's unless told. */
  readonly clock?: Clock
  /** Is warned when a user can't be told; with the flag's key and the error's name, and nothing about the user. */
  readonly logger?: Logger
  /** Makes the context from what is known, instead of putting `email`, `roles` and the user's attributes into it. */
  readonly toContext?: (facts: ContextFacts) => ContextOf<Flags>
}

/** Options of {@link FeatureFlagService}'s methods. */
export interface FeatureOptions {
  /** For whom, unless for the current user; an empty one asks for nobody. */
  readonly userId?: string | undefined
  /** Gives up waiting for the user; the call rejects with its reason. */
  readonly signal?: AbortSignal
}

/** What was asked, for whom, and what came of it. */
export interface FeatureContext<Flags extends FlagSet, Key extends FlagKey<Flags>> {
  /** The flag that was asked. */
  readonly feature: Key
  /** The context that decided; undefined where the user could not be told, and the fallback stands. */
  readonly context: ContextOf<Flags> | undefined
  /** The value, and how it came about. */
  readonly details: FlagDetails<FlagValue<Flags, Key>, FlagVariant<Flags, Key>>
}

/**
 * Answers for the user who is asking: finds out who that is, and has an evaluator or a snapshot decide.
 *
 * Another user's id never comes with the current user's email, roles or attributes. Where the user can't be told, the
 * flag's fallback is served, so a kill switch that should fail open does; only a signal makes a call reject.
 *
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, FeatureFlagService, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 *
 * const flags = defineFlags({ 'new-checkout': flag.boolean() }, { attributes: { roles: 'strings' } })
 * const testers = [{ attribute: 'roles', operator: 'contains', value: 'tester' }]
 * const document = parseFlagDocument({
 *   version: 1,
 *   flags: { 'new-checkout': { enabled: true, rules: [{ priority: 1, enabled: true, conditions: testers }] } },
 * })
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const features = new FeatureFlagService(new FeatureFlagEvaluator(flags, { document: document.value }), {
 *   users: { current: () => ({ id: 'u-1', roles: ['tester'] }) },
 * })
 * console.log(await features.isEnabled('new-checkout')) // true
 * console.log(await features.isEnabled('new-checkout', { userId: 'u-2' })) // false: u-1's roles are not u-2's
 * ```
 */
export class FeatureFlagService<in out Flags extends FlagSet> {
  readonly #reader: FlagReader<Flags>
  readonly #options: FeatureFlagServiceOptions<Flags> & { readonly clock: Clock; readonly logger: Logger }

  /**
   * @param reader - an evaluator, or a snapshot of one where all answers of a request must be of one revision
   * @param options - who is asking, where the program runs, and how a context is made of it
   */
  constructor(reader: FlagReader<Flags>, options: FeatureFlagServiceOptions<Flags>) {
    this.#reader = reader
    this.#options = {
      ...options,
      clock: options.clock ?? systemClock,
      logger: guardedLogger(options.logger ?? silentLogger),
    }
  }

  /**
   * Whether a boolean flag is on.
   *
   * @throws the signal's reason, nothing else
   */
  async isEnabled(feature: BooleanFlagKey<Flags>, options?: FeatureOptions): Promise<boolean> {
    const { details } = await this.getContext(feature, options)
    return details.value === true
  }

  /**
   * The value of the variant that a flag has.
   *
   * @throws the signal's reason, nothing else
   */
  async getVariant<Key extends FlagKey<Flags>>(
    feature: Key,
    options?: FeatureOptions,
  ): Promise<FlagValue<Flags, Key>> {
    const { details } = await this.getContext(feature, options)
    return details.value
  }

  /**
   * What a flag is, for which context, and why.
   *
   * @returns the context and details; where the user can't be told, no context, and the fallback with the failure
   * `InvalidEvaluationContext`
   * @throws the signal's reason, nothing else
   */
  async getContext<Key extends FlagKey<Flags>>(
    feature: Key,
    { userId, signal }: FeatureOptions = {},
  ): Promise<FeatureContext<Flags, Key>> {
    try {
      const context = await unlessAborted(() => this.#contextFor(userId, signal && { signal }), signal)
      return { feature, context, details: this.#reader.details(feature, context) }
    } catch (error) {
      signal?.throwIfAborted()
      this.#options.logger.warn(
        { flag: feature, error: nameOf(error) },
        'no context could be made; the flag falls back',
      )
      return { feature, context: undefined, details: this.#fallbackOf(feature) }
    }
  }

  async #contextFor(
    userId: string | undefined,
    lookup: { signal: AbortSignal } | undefined,
  ): Promise<ContextOf<Flags>> {
    const user = await userFor(userId, this.#options.users, lookup ?? {})
    const { environment, clock, toContext } = this.#options
    const facts = { user, environment, timestamp: clock.now() }
    return toContext?.(facts) ?? (contextOf(facts, this.#reader.flags) as ContextOf<Flags>)
  }

  #fallbackOf<Key extends FlagKey<Flags>>(feature: Key): FeatureContext<Flags, Key>['details'] {
    const { definitions } = this.#reader.flags
    const value = Object.hasOwn(definitions, feature) ? definitions[feature]?.fallback : undefined
    return Object.freeze({
      ok: false,
      value: value as FlagValue<Flags, Key>,
      variant: undefined,
      reason: 'ERROR',
      ruleId: undefined,
      revision: this.#reader.revision,
      failure: Object.freeze({
        type: 'InvalidEvaluationContext',
        message: `flag "${feature}": expected a user, found that the provider of users failed`,
        flag: feature,
      }),
      metadata: undefined,
    })
  }
}

/** The current user, or another of whom only what is their own is known. */
async function userFor(
  userId: string | undefined,
  users: UserContextProvider,
  lookup: { signal?: AbortSignal },
): Promise<FlagUser | undefined> {
  const current = (await users.current(lookup)) ?? undefined
  if (userId === undefined || (userId !== '' && current?.id === userId)) return current
  const found = userId === '' ? undefined : await users.byId?.(userId, lookup)
  return found?.id === userId ? found : { id: userId }
}

/** Names tell what kind of error it was; messages may tell of whom. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
