/**
 * The contract that every event store keeps, as a suite for vitest.
 *
 * @packageDocumentation
 */
export type { EventStorage } from './testing/event-storage.ts'
export { eventStoreContract } from './testing/event-store-contract.ts'
export { eventStoreProbe } from './testing/event-store-probe.ts'
