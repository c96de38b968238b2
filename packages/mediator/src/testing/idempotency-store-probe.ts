import type { StorageProbe } from '@ashlar/kernel/testing'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'
import { sampleClaim, sampleNow } from './sample-claim.ts'

/**
 * Lets the storage contract write and read through a store of idempotency keys.
 *
 * @example
 * ```ts no-run
 * import { storageContract } from '@ashlar/kernel/testing'
 * import { idempotencyStoreProbe } from '@ashlar/mediator/testing'
 * import { InMemoryStorage } from '@ashlar/memory'
 *
 * storageContract('memory', async () => new InMemoryStorage(), [idempotencyStoreProbe])
 * ```
 */
export const idempotencyStoreProbe: StorageProbe<{ readonly idempotency: IdempotencyStore }> = {
  name: 'idempotency',
  write: async ({ idempotency }, key, context) => idempotency.claim(sampleClaim(key), context),
  has: async ({ idempotency }, key) => (await idempotency.find({ key, now: sampleNow })) !== undefined,
}
