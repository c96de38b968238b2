import type { Logger } from '@ashlar/kernel'

/** Warns of the same thing once, not with every answer; forgets what it warned of when that becomes too much. */
export class WarnOnce {
  readonly #logger: Logger
  readonly #told = new Set<string>()

  /** @param logger - is told */
  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Warns, unless the key was told before. */
  warn(key: string, fields: object, message: string): void {
    if (this.#told.has(key)) return
    if (this.#told.size >= 1_000) this.#told.clear()
    this.#told.add(key)
    this.#logger.warn(fields, message)
  }
}
