import type { Failure } from '@ashlar/result'

/** Why a flag has the value that it has, in OpenFeature's words where it has one. */
export type FlagReason =
  | 'STATIC'
  | 'DEFAULT'
  | 'TARGETING_MATCH'
  | 'SPLIT'
  | 'DISABLED'
  | 'OVERRIDE'
  | 'OUT_OF_SCHEDULE'
  | 'PREREQUISITE_FAILED'
  | 'HOLDOUT'
  | 'OTHER_LAYER_SLICE'

/** A fact that a document tells of a flag beside its variants. */
export type FlagMetadata = { readonly [name: string]: string | number | boolean }

/** Why a flag could not be told; the value is then the definition's fallback. */
export type FlagFailure =
  | Failure<'FlagsNotLoaded', { flag: string }>
  | Failure<'FlagNotFound', { flag: string }>
  | Failure<'FlagTypeMismatch', { flag: string; found: string }>
  | Failure<'BucketingKeyMissing', { flag: string; attribute: string }>
  | Failure<'InvalidEvaluationContext', { flag: string }>

/** A flag that was told. */
export interface ToldFlag<out Value, out Variant extends string = string> {
  /** True: the document has decided. */
  readonly ok: true
  /** The value of the variant, or the definition's fallback where the document names none for the case. */
  readonly value: Value
  /** The variant; undefined where the definition's fallback stands because the document names no variant for the case. */
  readonly variant: Variant | undefined
  /** Why it is this value. */
  readonly reason: FlagReason
  /** The rule that decided; undefined where none did. */
  readonly ruleId: string | undefined
  /** The revision of the document that decided. */
  readonly revision: string
  /** Always undefined here; what went wrong in {@link UntoldFlag}. */
  readonly failure: undefined
  /** What the document says of the flag beside its variants. */
  readonly metadata: FlagMetadata | undefined
}

/** A flag that could not be told; its value is the definition's fallback. */
export interface UntoldFlag<out Value> {
  /** False: nothing has decided. */
  readonly ok: false
  /** The definition's fallback. */
  readonly value: Value
  /** Always undefined here. */
  readonly variant: undefined
  /** Always `ERROR`; {@link UntoldFlag.failure} says why. */
  readonly reason: 'ERROR'
  /** The rule in which it went wrong; undefined outside of one. */
  readonly ruleId: string | undefined
  /** The revision of the document that was asked; empty before the first one. */
  readonly revision: string
  /** What went wrong. */
  readonly failure: FlagFailure
  /** What the document says of the flag beside its variants. */
  readonly metadata: FlagMetadata | undefined
}

/**
 * A flag's value, and how it came about; frozen, made when the document was loaded, and shared by all who ask.
 *
 * @see {@link FeatureFlagEvaluator} for an example
 */
export type FlagDetails<Value, Variant extends string = string> = ToldFlag<Value, Variant> | UntoldFlag<Value>
