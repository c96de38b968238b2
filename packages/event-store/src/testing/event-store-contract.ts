import { appendContract } from './append-contract.ts'
import { boundaryContract } from './boundary-contract.ts'
import type { EventStorage } from './event-storage.ts'
import { lifecycleContract } from './lifecycle-contract.ts'
import { payloadContract } from './payload-contract.ts'
import { readContract } from './read-contract.ts'

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
