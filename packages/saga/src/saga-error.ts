/** A handle was made for another definition than the one that the saga was started from. */
export class WrongSagaError extends Error {
  override readonly name = 'WrongSagaError'
  readonly code = 'ASHLAR_SAGA_WRONG_DEFINITION'

  constructor(id: string, expected: string, found: string) {
    super(`saga "${id}" is of definition ${found}, expected ${expected}`)
  }
}

/** An orchestrator was asked to run while it runs, or after it was closed. */
export class SagaRunRefusedError extends Error {
  override readonly name = 'SagaRunRefusedError'
  readonly code = 'ASHLAR_SAGA_RUN_REFUSED'

  constructor(why: string) {
    super(`this orchestrator can not run: ${why}`)
  }
}
