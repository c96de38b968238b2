/**
 * The service's own side: what probes ask, and how a process ends without losing calls.
 *
 * @packageDocumentation
 */

export type { HealthCheck, HealthCheckSettings } from './health/health-check.ts'
export {
  type HealthEndpoints,
  type HealthEndpointsOptions,
  type HealthRequest,
  type HealthResponse,
  healthEndpoints,
} from './health/health-endpoints.ts'
export {
  type Releasable,
  type ReleaseOnSignalsOptions,
  releaseOnSignals,
} from './health/release-on-signals.ts'
