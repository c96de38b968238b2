/** There is no flag document by this name in the file. */
export class SqliteFlagsMissingError extends Error {
  override readonly name = 'SqliteFlagsMissingError'
  readonly code = 'ASHLAR_SQLITE_FLAGS_MISSING'

  constructor(source: string) {
    super(`${source}: there is no document by this name`)
  }
}

/** The flag source was closed; nothing can be read or saved any more. */
export class SqliteFlagSourceClosedError extends Error {
  override readonly name = 'SqliteFlagSourceClosedError'
  readonly code = 'ASHLAR_SQLITE_FLAG_SOURCE_CLOSED'

  constructor(source: string, operation: string) {
    super(`${source}: ${operation} after it was closed`)
  }
}
