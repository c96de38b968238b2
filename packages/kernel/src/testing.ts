/**
 * A clock and a timer that stand still, ids that count, and the contract that every storage keeps.
 *
 * @packageDocumentation
 */
export { type FixedClock, fixedClock } from './testing/fixed-clock.ts'
export { type ManualTimer, manualTimer } from './testing/manual-timer.ts'
export { sequentialIds } from './testing/sequential-ids.ts'
export { type Storage, type StorageProbe, storageContract } from './testing/storage-contract.ts'
