import type { IdempotencyFailure, TimedOut } from '@ashlar/mediator'

/** What any command may be answered with, though the steps of fulfilment have neither keys nor time limits. */
export type PipelineFailure = IdempotencyFailure | TimedOut
