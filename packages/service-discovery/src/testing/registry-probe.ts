import type { Instance } from '../registry/instance.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'

/** A registry under test, and what the contract does to it from outside. */
export interface RegistryProbe {
  /** The registry under test. */
  readonly registry: ServiceRegistry
  /** Whether instances register themselves; where they don't, `publish` makes them known. */
  readonly canRegister: boolean
  /** Another client of the same registry, as another process has it; the probe closes it. */
  other(): Promise<ServiceRegistry>
  /**
   * Makes exactly these instances of a service known by the registry's own means; needed where `canRegister` is false.
   * Ids, machines, tags and weights that such a registry can't tell may differ.
   */
  publish?(service: string, instances: readonly Instance[]): Promise<void>
  /** Makes the registry unreachable, connections that stand included, until `mend`. */
  cut?(): Promise<void>
  /** Ends what `cut` did. */
  mend?(): Promise<void>
  /** Lets the registry forget every registration, as one does that starts again without its disk. */
  forget?(): Promise<void>
  /** Ends everything. */
  close(): Promise<void>
}
