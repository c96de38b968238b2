/**
 * A double of Consul for tests: a real server on 127.0.0.1 whose faults are methods.
 *
 * @packageDocumentation
 */
export type { TokenRights } from './double/access.ts'
export {
  ConsulDouble,
  type ConsulDoubleOptions,
  type ConsulSnapshot,
  type PlacedInstance,
} from './double/consul-double.ts'
export type { RawAnswer } from './double/faults.ts'
export type { CheckStatus } from './double/tables.ts'
