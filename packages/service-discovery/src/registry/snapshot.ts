import type { Instance } from './instance.ts'
import type { RegistryFailure } from './registry-failure.ts'

/** All instances of a service at one moment, as a registry told them. Frozen. */
export interface Snapshot {
  /** The service's name. */
  readonly service: string
  /** In the order of machine, then id; those that are not healthy included. */
  readonly instances: readonly Instance[]
  /** The same for the same instances, another one for others. */
  readonly version: string
  /** When the registry has told it last, in milliseconds since 1970. */
  readonly asOf: number
  /** Whether the registry could not be asked since then. */
  readonly stale: boolean
  /** Why it is stale. */
  readonly trouble?: RegistryFailure
}
