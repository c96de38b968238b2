import type { PooledTarget } from '../pool/pooled-target.ts'

/** One attempt has failed; never leaves the client. */
export class AttemptError extends Error {
  override readonly name = 'AttemptError'
  readonly target: PooledTarget
  /** Whether another attempt makes sense and is allowed by the call; the budget has its own word. */
  readonly mayRetry: boolean
  /** Nothing was sent, as the circuit breaker was open: another attempt takes nothing from the budget. */
  readonly isFree: boolean
  /** What went wrong, in words. */
  readonly reason: string
  /** An answer that counts as a failure, in a box as it may be anything. */
  readonly answer: { readonly value: unknown } | undefined

  constructor(
    target: PooledTarget,
    cause: unknown,
    facts: {
      readonly mayRetry: boolean
      readonly isFree?: boolean
      readonly reason: string
      readonly answer?: { readonly value: unknown } | undefined
    },
  ) {
    super('an attempt has failed', { cause })
    this.target = target
    this.mayRetry = facts.mayRetry
    this.isFree = facts.isFree ?? false
    this.reason = facts.reason
    this.answer = facts.answer
  }
}

/** An answer that counts as a failure, such as a status of 503, on its way through a circuit breaker. */
export class FailedAnswer extends Error {
  override readonly name = 'FailedAnswer'
  readonly value: unknown

  constructor(value: unknown) {
    super('the answer says that the call has failed')
    this.value = value
  }
}

/** The time of a call or an attempt is over; never leaves the client. */
export class TooLate extends Error {
  override readonly name = 'TooLate'

  constructor() {
    super('the time is over')
  }
}

/** What the work has thrown, in a box: it may be anything, even what throws when it is looked at. */
export class WorkThrew extends Error {
  override readonly name = 'WorkThrew'
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super('the work has thrown')
    this.thrown = thrown
  }
}

/** What was thrown, out of its box. */
export function thrownIn(error: unknown): unknown {
  return error instanceof WorkThrew ? error.thrown : error
}

/** What the caller has done itself, on its way through a circuit breaker: no instance is blamed for it. */
export class Blameless extends Error {
  override readonly name = 'Blameless'

  constructor(cause: unknown) {
    super('the caller has ended the attempt', { cause })
  }
}

/** Whether a connection was never made, so that the other side can't have begun. */
export function wasNeverSent(error: unknown): boolean {
  switch (codeIn(error)) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return true
    default:
      return false
  }
}

/** `fetch` has it in its cause. */
function codeIn(error: unknown): unknown {
  try {
    return codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined)
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
