/**
 * Service discovery by Consul.
 *
 * @packageDocumentation
 */
export { consulRegistry } from './consul/consul-registry.ts'
export type { ConsulConsistency, ConsulRegistryOptions } from './consul/consul-registry-options.ts'
