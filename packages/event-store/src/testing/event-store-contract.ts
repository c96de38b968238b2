import type { EventStore } from '../event-store.ts'
import { appendContract } from './append-contract.ts'
import { boundaryContract } from './boundary-contract.ts'
import { lifecycleContract } from './lifecycle-contract.ts'
import { payloadContract } from './payload-contract.ts'
import { readContract } from './read-contract.ts'

/** What the contract needs: a store, the stores of tenants beside it, and a way to close them all. */
export interface EventStorage {
  /** The store of no tenant. */
  readonly events: EventStore
  /** The store of one tenant. */
  forTenant(tenantId: string): { readonly events: EventStore }
  /** Closes all stores. */
  close(): Promise<void>
}

/**
 * Declares the tests that every event store passes.
 *
 * @param name - of the store, for the report
 * @param open - gives a new, empty store; the contract closes it
 * @example
 * ```ts no-run
 * import { eventStoreContract } from '@ashlar/event-store/testing'
 * import { InMemoryStorage } from '@ashlar/memory'
 *
 * eventStoreContract('memory', async () => new InMemoryStorage())
 * ```
 */
export function eventStoreContract(name: string, open: () => Promise<EventStorage>): void {
  appendContract(name, open)
  readContract(name, open)
  payloadContract(name, open)
  boundaryContract(name, open)
  lifecycleContract(name, open)
}
