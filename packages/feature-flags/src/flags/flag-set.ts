import type { AttributeDefinitions } from './attributes.ts'
import type { EvaluationContext } from './evaluation-context.ts'
import type { FlagDefinition } from './flag.ts'

/** Flags by their key. */
export type FlagDefinitions = { readonly [key: string]: FlagDefinition }

/** The flags that the code asks for, and the attributes that it hands in; made by {@link defineFlags}. */
export interface FlagSet<
  out Definitions extends FlagDefinitions = FlagDefinitions,
  out Attributes extends AttributeDefinitions = AttributeDefinitions,
> {
  /** The flags by their key. */
  readonly definitions: Definitions
  /** The attributes by name; undefined when none are declared, and each is allowed. */
  readonly attributes: Attributes | undefined
}

/** The keys of a set's flags. */
export type FlagKey<Flags extends FlagSet> = keyof Flags['definitions'] & string

/** The keys of a set's flags that are on or off. */
export type BooleanFlagKey<Flags extends FlagSet> = {
  [Key in FlagKey<Flags>]: FlagValue<Flags, Key> extends boolean ? Key : never
}[FlagKey<Flags>]

/** The values that a flag may have. */
export type FlagValue<Flags extends FlagSet, Key extends FlagKey<Flags>> =
  Flags['definitions'][Key] extends FlagDefinition<infer Value> ? Value : never

/** The names of a flag's variants: those of the code where it fixes them, else any text. */
export type FlagVariant<Flags extends FlagSet, Key extends FlagKey<Flags>> =
  Flags['definitions'][Key] extends FlagDefinition<unknown, infer Variant> ? Variant : never

/** The context that a set's flags are told for. */
export type ContextOf<Flags extends FlagSet> =
  Flags extends FlagSet<FlagDefinitions, infer Attributes> ? EvaluationContext<Attributes> : never

/** Options of {@link defineFlags}. */
export interface FlagSetOptions<Attributes extends AttributeDefinitions> {
  /** The attributes that contexts have; without them each attribute is allowed and none is checked. */
  readonly attributes?: Attributes
}

/**
 * Draws up the flags that the code asks for, and the attributes that decide over them.
 *
 * @param definitions - the flags by key, each made by {@link flag}
 * @param options - `attributes` by name: a kind, or the list of possible texts
 * @returns the set from which evaluators take keys, values, variants and contexts as types
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 *
 * const flags = defineFlags(
 *   { 'new-checkout': flag.boolean(), discount: flag.variants({ none: 0, ten: 10 }, { fallback: 'none' }) },
 *   { attributes: { tier: ['Basic', 'Gold'], age: 'number', roles: 'strings' } },
 * )
 * const evaluator = new FeatureFlagEvaluator(flags)
 * const discount: 0 | 10 = evaluator.value('discount', { targetingKey: 'c-1', tier: 'Gold' })
 * console.log(discount) // 0, as there is no document yet
 * ```
 */
export function defineFlags<
  const Definitions extends FlagDefinitions,
  const Attributes extends AttributeDefinitions = AttributeDefinitions,
>(definitions: Definitions, options: FlagSetOptions<Attributes> = {}): FlagSet<Definitions, Attributes> {
  return Object.freeze({ definitions: Object.freeze({ ...definitions }), attributes: options.attributes })
}
