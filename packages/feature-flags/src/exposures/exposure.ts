import type { JsonObject } from '@ashlar/kernel'

/**
 * Who saw which variant of a flag, and when; frozen JSON.
 *
 * @see {@link ExposureRecorder} for an example
 */
export type Exposure = {
  /** The flag's key. */
  readonly flag: string
  /** The variant that was told. */
  readonly variant: string
  /** Who saw it: the text of the context's `unit` attribute, at most 1,024 characters. */
  readonly unit: string
  /** The rule that decided; absent where none did. */
  readonly ruleId?: string
  /** Why it was this variant: `SPLIT`, `TARGETING_MATCH`, `DEFAULT`, `HOLDOUT`, or `OVERRIDE`, which analyses leave out. */
  readonly reason: string
  /** The revision of the document that decided. */
  readonly revision: string
  /** The moment, ISO 8601 in UTC. */
  readonly at: string
  /** Those attributes of the context that are on the recorder's list; nothing else of it. */
  readonly attributes: JsonObject
}

/**
 * Where exposures go: a table, a queue, an analytics service.
 *
 * @see {@link ExposureRecorder} for an example
 */
export interface ExposureSink {
  /**
   * Keeps a batch. One batch is handed over at a time; one that failed or took too long comes again, so that an exposure
   * may arrive twice: flag, variant, reason and unit tell. It does not wait for the recorder's own `flush` or `close`,
   * which wait for it.
   *
   * @param exposures - at least one, in the order in which they were seen
   * @param options - `signal`, aborted when the recorder no longer waits
   * @throws when the batch was not kept; it is tried again later
   */
  record(exposures: readonly Exposure[], options: { readonly signal: AbortSignal }): Promise<void>
}

/** What is recorded of a flag that was told; a flag's details have it all. */
export interface ExposedVariant {
  /** The variant; without one nothing is recorded. */
  readonly variant: string | undefined
  /** Why it is this variant. */
  readonly reason: string
  /** The rule that decided. */
  readonly ruleId?: string | undefined
  /** The revision of the document that decided. */
  readonly revision: string
}
