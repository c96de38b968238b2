/**
 * All storage ports in memory, under one transaction: the reference for what a storage means.
 *
 * @packageDocumentation
 */

export type { Fork, Forkable } from './forkable.ts'
export {
  type InMemoryPorts,
  InMemoryStorage,
  type InMemoryStorageOptions,
  type InMemoryTransaction,
} from './in-memory-storage.ts'
