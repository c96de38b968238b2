import type { Json } from '@ashlar/kernel'
import type {
  BooleanFlagKey,
  ContextOf,
  FlagKey,
  FlagSet,
  FlagValue,
  FlagVariant,
} from '../flags/flag-set.ts'
import { absent, type CompiledDocument } from './compile-document.ts'
import { type CompiledFlag, constantFlag } from './compile-flag.ts'
import type { AnyContext } from './compile-options.ts'
import type { FlagDetails } from './flag-details.ts'
import type { FlagReader } from './flag-reader.ts'
import type { AnyDetails } from './teller.ts'

/**
 * The flags of one revision; what a request keeps so that it is told by no other.
 *
 * @see {@link FeatureFlagEvaluator} for an example
 */
export class FlagSnapshot<in out Flags extends FlagSet> implements FlagReader<Flags> {
  readonly flags: Flags
  #compiled!: CompiledDocument
  #lastKey!: string
  #last!: CompiledFlag

  /** @internal */
  constructor(flags: Flags, compiled: CompiledDocument) {
    this.flags = flags
    this.take(compiled)
  }

  get revision(): string {
    return this.#compiled.revision
  }

  value<Key extends FlagKey<Flags>>(key: Key, context: ContextOf<Flags>): FlagValue<Flags, Key> {
    return this.#decide(key, context).value as FlagValue<Flags, Key>
  }

  enabled(key: BooleanFlagKey<Flags>, context: ContextOf<Flags>): boolean {
    return this.#decide(key, context).value === true
  }

  details<Key extends FlagKey<Flags>>(
    key: Key,
    context: ContextOf<Flags>,
  ): FlagDetails<FlagValue<Flags, Key>, FlagVariant<Flags, Key>> {
    return this.#decide(key, context) as FlagDetails<FlagValue<Flags, Key>, FlagVariant<Flags, Key>>
  }

  evaluate(key: string, context: unknown): FlagDetails<Json | undefined> {
    return this.#decide(key, context) as FlagDetails<Json | undefined>
  }

  /** This revision for as long as a request needs it, whatever documents come in the meantime. */
  snapshot(): FlagReader<Flags> {
    return new FlagSnapshot(this.flags, this.#compiled)
  }

  keys(): IterableIterator<string> {
    return this.#compiled.flags.keys()
  }

  /** @internal */
  protected take(compiled: CompiledDocument): void {
    this.#compiled = compiled
    this.#find('')
  }

  /** Whoever asks a flag for many contexts finds it where it was. */
  #decide(key: string, context: unknown): AnyDetails {
    const flag = key === this.#lastKey ? this.#last : this.#find(key)
    if (flag.decide === undefined) return flag.last
    try {
      return flag.decide(context as AnyContext) ?? flag.last
    } catch {
      return flag.broken
    }
  }

  #find(key: string): CompiledFlag {
    this.#last =
      this.#compiled.flags.get(key) ??
      constantFlag(absent(typeof key === 'string' ? key : typeof key, this.revision || undefined))
    this.#lastKey = key
    return this.#last
  }
}
