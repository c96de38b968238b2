import type { Server } from 'node:http'
import type { Lease } from '../registry/lease.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { HealthEndpoints } from './health-endpoints.ts'
import { releaseOnSignals } from './release-on-signals.ts'

declare const health: HealthEndpoints
declare const lease: Lease
declare const registry: ServiceRegistry
declare const server: Server

const stopListening: () => void = releaseOnSignals([health, lease, server, registry], { drainMs: 10_000 })
stopListening()
releaseOnSignals(lease)
releaseOnSignals({ close: () => 7 }, { exit: false, signals: ['SIGHUP'] })

// @ts-expect-error nothing that could be given back
releaseOnSignals({ end: () => {} })
// @ts-expect-error no signal
releaseOnSignals(lease, { signals: ['SIGNOTHING'] })
