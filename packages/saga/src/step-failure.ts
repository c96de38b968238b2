import { frozenJson, type Json } from '@ashlar/kernel'
import { type AnyFailure, type Failure, failure } from '@ashlar/result'
import type { SagaCause } from './saga-store.ts'

/** A step threw, or took too long, until its attempts were spent; `error` is the name of what it threw last. */
export type StepThrew = Failure<'StepThrew', { readonly error: string; readonly code?: string }>

/** A failure as a saga keeps it: as it was, or without its facts where JSON can't carry them. */
export type StoredFailure<Fails> = Fails extends AnyFailure
  ? Fails extends SagaCause['failure']
    ? Fails
    : Failure<Fails['type']>
  : never

/** What a step took longer than it may; the saga goes on as if it had thrown this. */
export class StepTimeoutError extends Error {
  override readonly name = 'StepTimeoutError'
  readonly code = 'ASHLAR_SAGA_STEP_TIMEOUT'

  constructor(step: string, timeoutMs: number) {
    super(`step "${step}" took longer than ${timeoutMs} ms`)
  }
}

/** A step gave something that it must not give: no Result, or an output that JSON can't carry. */
export class InvalidStepResultError extends TypeError {
  override readonly name = 'InvalidStepResultError'
  readonly code = 'ASHLAR_SAGA_INVALID_STEP_RESULT'
}

/** Lower than what a store takes, for it keeps outputs and failures inside of other objects. */
const maxDepth = 60
const maxMessageLength = 2_000

/** Copies an output as JSON; `null` for none. */
export function storableOutput(step: string, output: unknown): Json {
  try {
    return frozenJson((output ?? null) as Json, { maxDepth })
  } catch (error) {
    const why = (error as Error).message
    throw new InvalidStepResultError(`the output of step "${step}" can't be kept: ${why}`, { cause: error })
  }
}

/** Copies a failure as JSON; a business "no" stays one even where its facts can't be kept. */
export function storableFailure(refusal: AnyFailure): SagaCause['failure'] {
  try {
    return frozenJson(refusal as SagaCause['failure'], { maxDepth })
  } catch {
    return Object.freeze(failure(refusal.type, refusal.message))
  }
}

/** What is kept of something that was thrown. */
export function thrownFailure(thrown: unknown): StepThrew {
  const { name, message, code } = describe(thrown)
  const facts = { error: name, ...(code !== undefined && { code }) }
  return Object.freeze(failure('StepThrew', message.slice(0, maxMessageLength), facts))
}

/** What is thrown may be anything, even something that can't be made text. */
function describe(thrown: unknown): { name: string; message: string; code: string | undefined } {
  try {
    if (!(thrown instanceof Error)) return { name: typeof thrown, message: String(thrown), code: undefined }
    const { name, message } = thrown
    const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
    return { name: String(name), message: String(message), code }
  } catch {
    return { name: typeof thrown, message: 'something that has no text', code: undefined }
  }
}
