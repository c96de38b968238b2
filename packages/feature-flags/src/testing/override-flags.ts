import type { Json } from '@ashlar/kernel'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import type { FlagDetails } from '../evaluate/flag-details.ts'
import type { FlagReader } from '../evaluate/flag-reader.ts'
import type { FlagDefinition } from '../flags/flag.ts'
import type {
  BooleanFlagKey,
  ContextOf,
  FlagKey,
  FlagSet,
  FlagValue,
  FlagVariant,
} from '../flags/flag-set.ts'

/**
 * A fixed answer: a value, or the name of a variant where the code fixes the variants.
 *
 * A text that is both a variant's name and a variant's value is taken as the name.
 */
export type FlagAnswer<Flags extends FlagSet, Key extends FlagKey<Flags>> =
  string extends FlagVariant<Flags, Key>
    ? FlagValue<Flags, Key>
    : FlagVariant<Flags, Key> | Extract<FlagValue<Flags, Key>, string | number | boolean>

/** Fixed answers by flag; see {@link overrideFlags}. */
export type FlagAnswers<Flags extends FlagSet> = {
  readonly [Key in FlagKey<Flags>]?: FlagAnswer<Flags, Key> | undefined
}

/**
 * A reader for tests that answers some flags as told, whatever the context; the rest goes to the reader beneath.
 *
 * @param base - an evaluator or another reader, or a set whose other flags are then their fallbacks
 * @param answers - by flag, a value or the name of a variant
 * @returns a reader that gives these answers with the reason `OVERRIDE`
 * @throws TypeError for a flag that is not in the set, or an answer that the flag can't have
 * @example
 * ```ts
 * import { defineFlags, flag } from '@ashlar/feature-flags'
 * import { overrideFlags } from '@ashlar/feature-flags/testing'
 *
 * const flags = defineFlags({
 *   'new-checkout': flag.boolean(),
 *   discount: flag.variants({ control: 0, low: 10 }, { fallback: 'control' }),
 * })
 *
 * const reader = overrideFlags(flags, { 'new-checkout': true, discount: 'low' })
 * console.log(reader.enabled('new-checkout', {})) // true
 * console.log(reader.value('discount', {})) // 10
 * ```
 */
export function overrideFlags<Flags extends FlagSet>(
  base: FlagReader<Flags> | Flags,
  answers: FlagAnswers<Flags>,
): FlagReader<Flags> {
  const reader: FlagReader<Flags> = 'definitions' in base ? new FeatureFlagEvaluator(base) : base
  const fixed = Object.entries(answers).filter(([, answer]) => answer !== undefined)
  return new OverriddenFlags(
    reader,
    new Map(fixed.map(([key, answer]) => [key, fixedAnswer(key, answer, reader.flags)])),
  )
}

/** What a flag is fixed to. */
interface FixedAnswer {
  readonly value: unknown
  readonly variant: string | undefined
}

class OverriddenFlags<in out Flags extends FlagSet> implements FlagReader<Flags> {
  readonly flags: Flags
  readonly #base: FlagReader<Flags>
  readonly #fixed: ReadonlyMap<string, FixedAnswer>

  constructor(base: FlagReader<Flags>, fixed: ReadonlyMap<string, FixedAnswer>) {
    this.flags = base.flags
    this.#base = base
    this.#fixed = fixed
  }

  get revision(): string {
    return this.#base.revision
  }

  value<Key extends FlagKey<Flags>>(key: Key, context: ContextOf<Flags>): FlagValue<Flags, Key> {
    return this.details(key, context).value
  }

  enabled(key: BooleanFlagKey<Flags>, context: ContextOf<Flags>): boolean {
    return this.details(key, context).value === true
  }

  details<Key extends FlagKey<Flags>>(
    key: Key,
    context: ContextOf<Flags>,
  ): FlagDetails<FlagValue<Flags, Key>, FlagVariant<Flags, Key>> {
    const fixed = this.#fixed.get(key)
    if (fixed === undefined) return this.#base.details(key, context)
    return this.#told(fixed) as FlagDetails<FlagValue<Flags, Key>, FlagVariant<Flags, Key>>
  }

  evaluate(key: string, context: unknown): FlagDetails<Json | undefined> {
    const fixed = this.#fixed.get(key)
    if (fixed === undefined) return this.#base.evaluate(key, context)
    return this.#told(fixed) as FlagDetails<Json | undefined>
  }

  keys(): IterableIterator<string> {
    return this.#base.keys()
  }

  #told({ value, variant }: FixedAnswer): FlagDetails<unknown> {
    return Object.freeze({
      ok: true,
      value,
      variant,
      reason: 'OVERRIDE',
      ruleId: undefined,
      revision: this.revision,
      failure: undefined,
      metadata: undefined,
    })
  }
}

function fixedAnswer(key: string, answer: unknown, { definitions }: FlagSet): FixedAnswer {
  const definition = Object.hasOwn(definitions, key) ? definitions[key] : undefined
  if (definition === undefined) throw new TypeError(`flag "${key}" is not in the set`)
  return definition.variants === undefined
    ? openAnswer(key, answer, definition)
    : variantAnswer(key, answer, definition.variants)
}

function openAnswer(key: string, value: unknown, { type, accepts }: FlagDefinition): FixedAnswer {
  if (typeof value !== type) throw new TypeError(`flag "${key}": expected ${type}, found ${typeof value}`)
  const refused = `flag "${key}": expected a value that the code accepts, found another`
  try {
    if (!accepts || accepts(value as Json)) return { value, variant: undefined }
  } catch (cause) {
    throw new TypeError(refused, { cause })
  }
  throw new TypeError(refused)
}

function variantAnswer(
  key: string,
  answer: unknown,
  variants: { readonly [name: string]: unknown },
): FixedAnswer {
  const entries = Object.entries(variants)
  const found =
    entries.find(([name]) => name === answer) ?? entries.find(([, value]) => Object.is(value, answer))
  if (found === undefined)
    throw new TypeError(
      `flag "${key}": expected a variant of ${Object.keys(variants).join(', ')} or its value, found ${String(answer)}`,
    )
  return { variant: found[0], value: found[1] }
}
