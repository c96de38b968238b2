import type { Instance } from '../registry/instance.ts'

/** Where a service can be reached. */
export interface ServiceEndpoint {
  /** The service's name. */
  readonly serviceName: string
  /** Which of its instances it is. */
  readonly instanceId: string
  /** A host name or an IP address. */
  readonly address: string
  /** From 1 to 65,535. */
  readonly port: number
  /** As the instance was registered with. */
  readonly tags: readonly string[]
  /** As the instance was registered with. */
  readonly metadata: Readonly<Record<string, string>>
}

/** How the instances of a service stand. */
export interface ServiceHealth {
  /** The service's name. */
  readonly serviceName: string
  /** Instances that can be called: `passing` or `warning`. */
  readonly healthyInstances: number
  /** All instances that the registry knows. */
  readonly totalInstances: number
  /** Whether at least one can be called. */
  readonly isHealthy: boolean
  /** When the registry has told it, as an ISO date. */
  readonly lastChecked: string
  /** Whether the registry could not be asked since then. */
  readonly isStale: boolean
}

export function endpointOf({ service, id, host, port, tags, metadata }: Instance): ServiceEndpoint {
  return { serviceName: service, instanceId: id, address: host, port, tags, metadata }
}
