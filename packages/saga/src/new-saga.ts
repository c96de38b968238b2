import type { Context, Json } from '@ashlar/kernel'
import { type Failure, failure } from '@ashlar/result'
import { definitionKey } from './saga-definition.ts'
import type { SagaOrigin, SagaRecord } from './saga-store.ts'
import { sameJson } from './same-json.ts'

/** A saga with this id was started from another definition (or version), or with another input. */
export type SagaInputMismatch = Failure<
  'SagaInputMismatch',
  {
    readonly id: string
    /** What differs. */
    readonly differs: 'definition' | 'input'
    /** The definition that was asked for, as `name@version`. */
    readonly expected: string
    /** The definition of the saga that is there. */
    readonly found: string
  }
>

/** A saga before its first step, due at once. */
export function newSaga(
  { name, version }: { readonly name: string; readonly version: number },
  input: Json,
  id: string,
  context: Context,
  now: Date,
): SagaRecord {
  const at = now.toISOString()
  return {
    id,
    name,
    version,
    status: 'running',
    step: 0,
    attempt: 0,
    input,
    outputs: {},
    cause: undefined,
    origin: originOf(context),
    fence: 0,
    owner: undefined,
    dueAt: now.getTime(),
    startedAt: at,
    updatedAt: at,
  }
}

function originOf({ correlationId, causationId, userId, tenantId }: Context): SagaOrigin {
  return {
    correlationId,
    ...(causationId !== undefined && { causationId }),
    ...(userId !== undefined && { userId }),
    ...(tenantId !== undefined && { tenantId }),
  }
}

/** What stands between the saga that is wanted and the one that has its id. */
export function mismatchOf(wanted: SagaRecord, saga: SagaRecord): SagaInputMismatch | undefined {
  const { id } = wanted
  const [expected, found] = [definitionKey(wanted), definitionKey(saga)]
  if (expected !== found) {
    const facts = { id, differs: 'definition', expected, found } as const
    return failure('SagaInputMismatch', `saga "${id}" is of definition ${found}, expected ${expected}`, facts)
  }
  if (sameJson(wanted.input, saga.input)) return undefined
  const facts = { id, differs: 'input', expected, found } as const
  return failure('SagaInputMismatch', `saga "${id}" was started with another input than is wanted now`, facts)
}
