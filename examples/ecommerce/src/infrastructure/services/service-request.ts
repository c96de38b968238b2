import { type AnyFailure, err, ok, type Result } from '@ashlar/result'
import type { ServiceClient } from '@ashlar/service-discovery'
import * as v from 'valibot'
import { refused } from './messages.ts'

/** A service has answered with something that is no answer. */
class ServiceAnswerError extends Error {
  override readonly name = 'ServiceAnswerError'
  readonly code = 'SHOP_SERVICE_ANSWER'

  constructor(service: string, expected: string, found: string, cause?: unknown) {
    super(`${service} must answer with ${expected}, found ${found}`, { cause })
  }
}

export type ServiceRequest<Schema extends v.GenericSchema, Refusal extends AnyFailure> = {
  readonly path: string
  readonly body: object
  readonly answer: Schema
  /** The refusals that the caller knows what to do about. */
  readonly refusals: readonly Refusal['type'][]
  readonly correlationId?: string
  readonly signal: AbortSignal
}

/**
 * Asks a service; the same path is the same request, so it may be asked again, and another instance instead.
 *
 * @returns the answer, or the refusal that the service has decided on
 * @throws what went wrong on the way, so that a saga tries again
 */
export async function askService<Schema extends v.GenericSchema, Refusal extends AnyFailure>(
  client: ServiceClient,
  request: ServiceRequest<Schema, Refusal>,
): Promise<Result<v.InferOutput<Schema>, Refusal>> {
  const { path, body, correlationId, signal } = request
  const response = await client.fetch(path, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      ...(correlationId !== undefined && { 'x-correlation-id': correlationId }),
    },
    body: JSON.stringify(body),
    signal,
  })
  const told: unknown = await response.json().catch((cause: unknown) => {
    throw new ServiceAnswerError(client.service, 'JSON', `status ${response.status}`, cause)
  })
  if (response.ok) return ok(parsed(client.service, request.answer, told))
  const { failure } = parsed(client.service, refused, told)
  // the other side keeps to the facts that belong to a type
  if (request.refusals.includes(failure.type)) return err(failure as unknown as Refusal)
  throw new ServiceAnswerError(client.service, `one of ${request.refusals.join(', ')}`, failure.type, failure)
}

function parsed<const Schema extends v.GenericSchema>(
  service: string,
  schema: Schema,
  told: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, told)
  if (result.success) return result.output
  throw new ServiceAnswerError(service, 'what was agreed on', result.issues[0].message, result.issues)
}
