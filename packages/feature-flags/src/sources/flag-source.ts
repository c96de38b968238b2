/** What a source found: a document, not yet checked, or nothing new since it was asked last. */
export type LoadedFlags = { readonly document: unknown } | 'unchanged'

/**
 * Where flag documents come from: an object, a file, a server, a table; for one reader each, as it remembers what it has
 * answered.
 *
 * `@ashlar/feature-flags/testing` has the contract as `flagSourceContract`.
 */
export interface FlagSource {
  /** What messages call it, such as `file flags.json`. */
  readonly name: string
  /**
   * Reads the document as parsed JSON.
   *
   * @param options - `signal`, which gives up waiting
   * @returns the document as it is now, or `'unchanged'` when it is what this source answered last; an answer that
   *   nobody got, as its signal was aborted, does not count
   * @throws when there is none to be had: an Error that says what was asked and what went wrong, or the signal's reason
   */
  load(options?: FlagSourceOptions): Promise<LoadedFlags>
  /**
   * Comes round whenever the document may be another one than that which was loaded last, and misses no change, be it
   * from before the watching; a source without it is asked again by a timer or by hand.
   *
   * @param options - `signal`, which ends the iteration
   * @throws when watching has become impossible
   */
  watch?(options: { readonly signal: AbortSignal }): AsyncIterable<void>
}

/** Options of {@link FlagSource.load}. */
export interface FlagSourceOptions {
  /** Gives up waiting; the call rejects with its reason. */
  readonly signal?: AbortSignal
}
