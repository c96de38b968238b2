/** A saga's id can't be kept as it is: empty, too long, or text that a store would change. */
export class InvalidSagaIdError extends TypeError {
  override readonly name = 'InvalidSagaIdError'
  readonly code = 'ASHLAR_SAGA_INVALID_ID'

  constructor(found: string) {
    super(
      `the id of a saga must be 1 to ${maxLength} characters of well-formed text without U+0000, ${found}`,
    )
  }
}

const maxLength = 500

/** Refuses an id that not every store can tell from all others. */
export function requireSagaId(id: string): void {
  if (typeof id !== 'string') throw new InvalidSagaIdError(`found ${id === null ? 'null' : typeof id}`)
  if (id === '') throw new InvalidSagaIdError('found none')
  if (id.length > maxLength) throw new InvalidSagaIdError(`found ${id.length}`)
  if (!id.isWellFormed() || id.includes('\0')) throw new InvalidSagaIdError(`found ${JSON.stringify(id)}`)
}
