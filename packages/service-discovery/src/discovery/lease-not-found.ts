import { type Failure, failure } from '@ashlar/result'

/** No instance of this id was registered here, or it was deregistered before. */
export type LeaseNotFound = Failure<'LeaseNotFound', { service: string; id: string }>

/** Makes a {@link LeaseNotFound}. */
export function leaseNotFound(service: string, id: string): LeaseNotFound {
  return failure('LeaseNotFound', `instance "${id}" of service "${service}" was not registered here`, {
    service,
    id,
  })
}
