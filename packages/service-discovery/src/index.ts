/**
 * Service discovery: instances that are really there, balanced by load, called without trouble.
 *
 * @packageDocumentation
 */

export type { Balancer, BalancerPolicy, BalancerTools } from './balance/balancer.ts'
export { type ConsistentHashOptions, consistentHash } from './balance/consistent-hash.ts'
export { leastRequests } from './balance/least-requests.ts'
export { type P2cEwmaOptions, p2cEwma } from './balance/p2c-ewma.ts'
export { random } from './balance/random.ts'
export { roundRobin } from './balance/round-robin.ts'
export { weighted } from './balance/weighted.ts'
export { type ZoneAwareOptions, zoneAware } from './balance/zone-aware.ts'
export type { AcquiredInstance } from './client/acquired-instance.ts'
export type { BulkheadFull, CallFailed, CallFailure, CallTimedOut } from './client/call-failure.ts'
export type { Attempt, AttemptWork, CallOptions } from './client/call-options.ts'
export { ServiceCallError } from './client/service-call-error.ts'
export { ServiceClient } from './client/service-client.ts'
export { type Resilience, type StandardOptions, standard } from './client/standard.ts'
export { DiscoveryClosedError } from './discovery/discovery-closed-error.ts'
export type { AllEjected, EndpointFailure, NoInstances } from './discovery/endpoint-failure.ts'
export type { LeaseNotFound } from './discovery/lease-not-found.ts'
export type { MassDropOptions } from './discovery/mass-drop.ts'
export {
  type ServiceClientOptions,
  ServiceDiscovery,
  type ServiceDiscoveryOptions,
} from './discovery/service-discovery.ts'
export type { ServiceEndpoint, ServiceHealth } from './discovery/service-endpoint.ts'
export { InMemoryRegistry, type InMemoryRegistryOptions } from './memory/in-memory-registry.ts'
export { type StaticInstance, StaticRegistry, type StaticServices } from './memory/static-registry.ts'
export type { OutlierOptions } from './pool/outlier-options.ts'
export type { Target } from './pool/target.ts'
export type { Instance, InstanceHealth } from './registry/instance.ts'
export type { Lease, LeaseState } from './registry/lease.ts'
export { RegistryClosedError } from './registry/registry-closed-error.ts'
export type {
  RegisterFailure,
  RegistrationInvalid,
  RegistryDenied,
  RegistryFailure,
  RegistryFiltered,
  RegistryUnavailable,
  ServiceNameInvalid,
} from './registry/registry-failure.ts'
export type {
  AskingCheck,
  GrpcCheck,
  HttpCheck,
  InstanceCheck,
  ServiceRegistration,
  TcpCheck,
  TtlCheck,
} from './registry/service-registration.ts'
export type { ServiceRegistry } from './registry/service-registry.ts'
export type { Snapshot } from './registry/snapshot.ts'
