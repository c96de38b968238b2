import { Wakeup } from '@ashlar/kernel'
import type { FlagSource, FlagSourceOptions, LoadedFlags } from './flag-source.ts'
import { FlagSourceError } from './flag-source-error.ts'

/** A source whose document is handed in. */
export interface ObjectSource extends FlagSource {
  /**
   * Takes another document, and wakes those who watch where it is another one.
   *
   * @param document - copied as JSON; undefined where there is none for now
   * @throws TypeError for what can't be written as JSON
   */
  replace(document: unknown): void
}

/** Options of {@link objectSource}. */
export interface ObjectSourceOptions {
  /** What messages call it; `object` unless told. */
  readonly name?: string
}

/**
 * Makes a source of a document that is at hand: in tests, or where the application brings it by other ways.
 *
 * @param document - copied as JSON, not checked; undefined where there is none for now
 * @param options - `name`
 * @returns the source; `replace` gives it another document
 * @throws TypeError for what can't be written as JSON
 * @example
 * ```ts
 * import { defineFlags, flag } from '@ashlar/feature-flags'
 * import { LiveFlags } from '@ashlar/feature-flags/live'
 * import { objectSource } from '@ashlar/feature-flags/sources'
 *
 * const flags = defineFlags({ 'new-checkout': flag.boolean() })
 * const source = objectSource({
 *   version: 1,
 *   flags: { 'new-checkout': { enabled: true, type: 'boolean', defaultVariant: 'on' } },
 * })
 * const live = await LiveFlags.open(flags, { source })
 * if (live.isErr()) throw new Error(live.error.message)
 * console.log(live.value.evaluator.enabled('new-checkout', { targetingKey: 'u-1' })) // true
 * await live.value.close()
 * ```
 */
export function objectSource(document: unknown, options: ObjectSourceOptions = {}): ObjectSource {
  return new ObjectFlagSource(document, options.name ?? 'object')
}

class ObjectFlagSource implements ObjectSource {
  readonly name: string
  readonly #wakeup = new Wakeup()
  #text: string | undefined
  #answered: string | undefined

  constructor(document: unknown, name: string) {
    this.name = name
    this.#text = JSON.stringify(document)
  }

  replace(document: unknown): void {
    const text: string | undefined = JSON.stringify(document)
    if (text === this.#text) return
    this.#text = text
    this.#wakeup.wake()
  }

  async load({ signal }: FlagSourceOptions = {}): Promise<LoadedFlags> {
    signal?.throwIfAborted()
    if (this.#text === undefined) throw new FlagSourceError(this.name, 'there is no document')
    if (this.#text === this.#answered) return 'unchanged'
    this.#answered = this.#text
    return { document: JSON.parse(this.#text) }
  }

  watch(options: { readonly signal: AbortSignal }): AsyncIterable<void> {
    return this.#wakeup.waits(options)
  }
}
