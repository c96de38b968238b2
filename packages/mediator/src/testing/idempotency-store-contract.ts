import { afterEach, beforeEach, describe } from 'vitest'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'
import { declareClaimTests } from './claim-tests.ts'
import { declareKeyTests } from './key-tests.ts'
import { declareLeaseTests } from './lease-tests.ts'
import { declarePruneTests } from './prune-tests.ts'
import { declareResponseTests } from './response-tests.ts'

/**
 * Declares the tests that every store of idempotency keys passes: one claimer per key, leases that end, fences that keep
 * old claimers out, responses that stay as they are until they expire, and frozen copies.
 *
 * @param name - of the store, for the report
 * @param open - gives a new, empty store of no tenant; the contract closes it
 * @example
 * ```ts no-run
 * import { InMemoryIdempotencyStore } from '@ashlar/mediator'
 * import { idempotencyStoreContract } from '@ashlar/mediator/testing'
 *
 * idempotencyStoreContract('memory', async () => ({
 *   idempotency: new InMemoryIdempotencyStore(),
 *   close: async () => undefined,
 * }))
 * ```
 */
export function idempotencyStoreContract(
  name: string,
  open: () => Promise<{ readonly idempotency: IdempotencyStore; close(): Promise<void> }>,
): void {
  describe(`${name} keeps the idempotency store contract`, () => {
    let opened: { readonly idempotency: IdempotencyStore; close(): Promise<void> }

    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    const store = () => opened.idempotency
    declareClaimTests(store)
    declareKeyTests(store)
    declareResponseTests(store)
    declareLeaseTests(store)
    declarePruneTests(store)
  })
}
