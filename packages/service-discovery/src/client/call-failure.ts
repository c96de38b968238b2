import { type Failure, failure } from '@ashlar/result'
import type { EndpointFailure } from '../discovery/endpoint-failure.ts'

/** As many calls as are allowed run already, and as many as may wait do. */
export type BulkheadFull = Failure<'BulkheadFull', { service: string; concurrency: number; queue: number }>

/** The call was not done in time, all of its attempts together. */
export type CallTimedOut = Failure<'CallTimedOut', { service: string; timeoutMs: number; attempts: number }>

/** The last attempt failed, and no other one was allowed. */
export type CallFailed = Failure<
  'CallFailed',
  { service: string; instance: string; attempts: number; reason: string; cause: unknown }
>

/** Why a call to a service failed. */
export type CallFailure = EndpointFailure | BulkheadFull | CallTimedOut | CallFailed

/** Makes a {@link BulkheadFull}. */
export function bulkheadFull(service: string, concurrency: number, queue: number): BulkheadFull {
  const message = `service "${service}": ${concurrency} calls run and ${queue} wait already, which is the most`
  return failure('BulkheadFull', message, { service, concurrency, queue })
}

/** Makes a {@link CallTimedOut}. */
export function callTimedOut(service: string, timeoutMs: number, attempts: number): CallTimedOut {
  const message = `service "${service}": expected an answer within ${timeoutMs} ms, found none after ${attempts} attempts`
  return failure('CallTimedOut', message, { service, timeoutMs, attempts })
}

/** Makes a {@link CallFailed}. */
export function callFailed(
  service: string,
  instance: string,
  attempts: number,
  reason: string,
  cause: unknown,
): CallFailed {
  const message = `service "${service}": attempt ${attempts}, to instance "${instance}", failed: ${reason}`
  return failure('CallFailed', message, { service, instance, attempts, reason, cause })
}
