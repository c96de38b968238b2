import type { Json } from '@ashlar/kernel'
import type {
  BooleanFlagKey,
  ContextOf,
  FlagKey,
  FlagSet,
  FlagValue,
  FlagVariant,
} from '../flags/flag-set.ts'
import type { FlagDetails } from './flag-details.ts'

/**
 * Tells flags: synchronous, without allocating, and never throwing.
 *
 * What can't be told is the definition's fallback, with a failure in its details.
 * @see {@link FeatureFlagEvaluator} for an example
 */
export interface FlagReader<Flags extends FlagSet> {
  /** The flags that can be asked for by type. */
  readonly flags: Flags
  /** The revision of the document that decides; empty before there is one. */
  readonly revision: string
  /** The value of a flag for a context, or its fallback. */
  value<Key extends FlagKey<Flags>>(key: Key, context: ContextOf<Flags>): FlagValue<Flags, Key>
  /** Whether a boolean flag is on for a context. */
  enabled(key: BooleanFlagKey<Flags>, context: ContextOf<Flags>): boolean
  /** The value of a flag for a context, and how it came about. */
  details<Key extends FlagKey<Flags>>(
    key: Key,
    context: ContextOf<Flags>,
  ): FlagDetails<FlagValue<Flags, Key>, FlagVariant<Flags, Key>>
  /** The details of any flag that is declared or in the document; for one that is neither, `FlagNotFound` and no value. */
  evaluate(key: string, context: unknown): FlagDetails<Json | undefined>
  /** The keys of the flags that are declared or in the document. */
  keys(): IterableIterator<string>
}
