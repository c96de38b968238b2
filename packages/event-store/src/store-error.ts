/** The event store was closed; nothing can be read or written any more. */
export class StoreClosedError extends Error {
  override readonly name = 'StoreClosedError'
  readonly code = 'ASHLAR_EVENT_STORE_CLOSED'

  /** @param operation - that was tried, such as `events.append` */
  constructor(operation: string) {
    super(`${operation} on an event store that was closed`)
  }
}

/** A read was asked for what can't be: a version that is no whole number from 1, a limit of nothing. */
export class InvalidReadError extends RangeError {
  override readonly name = 'InvalidReadError'
  readonly code = 'ASHLAR_EVENT_STORE_INVALID_READ'

  /**
   * @param option - that can't be
   * @param expected - what it could be
   * @param found - what it was
   */
  constructor(option: string, expected: string, found: unknown) {
    super(`option "${option}" must be ${expected}, found ${String(found)}`)
  }
}

/** A name can't be one: no database keeps U+0000 or half a surrogate pair apart from other characters. */
export class InvalidNameError extends RangeError {
  override readonly name = 'InvalidNameError'
  readonly code = 'ASHLAR_EVENT_STORE_INVALID_NAME'

  /**
   * @param what - is named so: `stream` or `tenant`
   * @param expected - what the name could be
   * @param found - what it was
   */
  constructor(what: string, expected: string, found: unknown) {
    const name = typeof found === 'string' ? JSON.stringify(found.slice(0, 60)) : String(found)
    super(`the name of a ${what} must be ${expected}, found ${name}`)
  }
}
