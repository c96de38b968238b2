import { type Failure, failure } from '@ashlar/result'
import type { RegistryFailure } from '../registry/registry-failure.ts'

/** The registry knows no healthy instance of the service. */
export type NoInstances = Failure<'NoInstances', { service: string; known: number }>

/** There are healthy instances, and all of them fail so often that none gets calls at present. */
export type AllEjected = Failure<'AllEjected', { service: string; ejected: number }>

/** Why no instance could be chosen. */
export type EndpointFailure = NoInstances | AllEjected | RegistryFailure

/** Makes a {@link NoInstances}; `known` counts those that are not healthy. */
export function noInstances(service: string, known: number): NoInstances {
  const others = known === 0 ? 'none at all' : `${known}, of which none is healthy`
  return failure('NoInstances', `service "${service}": expected a healthy instance, found ${others}`, {
    service,
    known,
  })
}

/** Makes an {@link AllEjected}. */
export function allEjected(service: string, ejected: number): AllEjected {
  const message = `service "${service}": all of its ${ejected} healthy instances fail, and get no calls for a while`
  return failure('AllEjected', message, { service, ejected })
}
