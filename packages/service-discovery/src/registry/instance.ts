/**
 * How an instance stands, as its registry tells: `passing` and `warning` are called, `critical` is not, and one that is
 * `draining` finishes what it has and gets nothing new.
 */
export type InstanceHealth = 'passing' | 'warning' | 'critical' | 'draining'

/** One running copy of a service, where it can be reached, and how it stands. Frozen. */
export interface Instance {
  /** Unique among the instances of its service. */
  readonly id: string
  /** The service's name. */
  readonly service: string
  /** A host name or an IP address, an IPv6 one without brackets. */
  readonly host: string
  /** From 1 to 65,535. */
  readonly port: number
  /** The machine that it runs on, or an empty text where the registry knows none. */
  readonly node: string
  /** As it was registered with. */
  readonly tags: readonly string[]
  /** As it was registered with; without a prototype, so that names from outside are safe. */
  readonly metadata: Readonly<Record<string, string>>
  /** Its share of the load beside the others', from 1 to 65,535; 1 unless told. */
  readonly weight: number
  /** Where its machine stands, for balancers that prefer what is near. */
  readonly zone?: string
  /** As the registry told it last. */
  readonly health: InstanceHealth
}
