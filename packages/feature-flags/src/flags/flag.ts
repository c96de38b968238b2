import type { Json } from '@ashlar/kernel'

/** The kinds of value that a flag may have, as a flag document names them. */
export type FlagType = 'boolean' | 'string' | 'number' | 'object'

/**
 * What the code says of one flag: the kind of its values, its variants where they are fixed, and the value for when
 * nothing can be told.
 *
 * @see {@link flag} for an example
 */
export interface FlagDefinition<out Value = unknown, out Variant extends string = string> {
  /** The kind that a flag document must give it. */
  readonly type: FlagType
  /** The value when the flag can't be told: no document, no such flag, another type, no bucketing key. */
  readonly fallback: Value
  /** The values by variant where the code fixes them; undefined where the document does. */
  readonly variants: { readonly [name: string]: Value } | undefined
  /** The variant whose value is the fallback, where the code fixes the variants. */
  readonly fallbackVariant: Variant | undefined
  /** Whether a value of the document may be served; undefined takes each value of the type. */
  readonly accepts: ((value: Json) => boolean) | undefined
}

/** Options of {@link flag}'s open kinds. */
export interface FlagOptions<Value> {
  /** The value when the flag can't be told. */
  readonly fallback: Value
}

/**
 * Makes the definitions of flags.
 *
 * A boolean flag falls back to `false` unless told; a kill switch that should fail open says `{ fallback: true }`. The
 * variants of `flag.variants` are fixed by the code, so their names and values are types; those of the others are the
 * document's.
 *
 * @example
 * ```ts
 * import { defineFlags, flag } from '@ashlar/feature-flags'
 *
 * type Banner = { title: string }
 * const isBanner = (value: unknown): value is Banner => typeof (value as Banner | null)?.title === 'string'
 *
 * const flags = defineFlags({
 *   'new-checkout': flag.boolean(),
 *   'pay-by-card': flag.boolean({ fallback: true }),
 *   'page-size': flag.number({ fallback: 20 }),
 *   greeting: flag.string({ fallback: 'Hello' }),
 *   discount: flag.variants({ control: 0, low: 10, high: 20 }, { fallback: 'control' }),
 *   banner: flag.json(isBanner, { fallback: { title: 'Welcome' } }),
 * })
 * console.log(Object.keys(flags.definitions).length) // 6
 * ```
 */
export const flag: FlagKinds = Object.freeze<FlagKinds>({
  boolean: (options) => define('boolean', options?.fallback ?? false),
  string: ({ fallback }) => define('string', fallback),
  number: ({ fallback }) => define('number', fallback),
  json: (accepts, { fallback }) => define('object', fallback, accepts),
  variants: (variants, { fallback }) => {
    const value = variants[fallback] as (typeof variants)[keyof typeof variants]
    return define(typeOf(value), value, undefined, Object.freeze({ ...variants }), fallback)
  },
})

/** The kinds of flag; see {@link flag}. */
export interface FlagKinds {
  /** A flag that is on or off; off is the fallback unless told. */
  boolean(options?: FlagOptions<boolean>): FlagDefinition<boolean>
  /** A flag whose variants are texts of the document. */
  string(options: FlagOptions<string>): FlagDefinition<string>
  /** A flag whose variants are numbers of the document. */
  number(options: FlagOptions<number>): FlagDefinition<number>
  /** A flag whose variants are objects or lists of the document; those that `accepts` refuses are not served. */
  json<Value extends Json>(
    accepts: (value: Json) => value is Value,
    options: FlagOptions<Value>,
  ): FlagDefinition<Value>
  /** A flag whose variants and their values are fixed here; all values are of one kind. */
  variants<
    const Variants extends
      | VariantsOf<boolean>
      | VariantsOf<string>
      | VariantsOf<number>
      | VariantsOf<object & Json>,
    Fallback extends keyof Variants & string,
  >(
    variants: Variants,
    options: FlagOptions<Fallback>,
  ): FlagDefinition<Variants[keyof Variants], keyof Variants & string>
}

/** Values of one kind by variant. */
export type VariantsOf<Value extends Json> = { readonly [name: string]: Value }

/** The kind of a value; lists count as objects, and null is of no kind. */
export function typeOf(value: unknown): FlagType {
  const type = typeof value
  return type === 'boolean' || type === 'string' || type === 'number' ? type : 'object'
}

function define<Value, Variant extends string = string>(
  type: FlagType,
  fallback: Value,
  accepts?: (value: Json) => boolean,
  variants?: { readonly [name: string]: Value },
  fallbackVariant?: Variant,
): FlagDefinition<Value, Variant> {
  return Object.freeze({ type, fallback, variants, fallbackVariant, accepts })
}
