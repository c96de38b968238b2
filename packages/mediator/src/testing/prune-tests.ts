import { describe, expect, it } from 'vitest'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'
import { givenKeys, sampleNow } from './sample-claim.ts'

/** Declares what is forgotten, and what is not. */
export function declarePruneTests(store: () => IdempotencyStore): void {
  const { hold, answer } = givenKeys(store)
  const isKept = async (key: string) => (await store().find({ key, now: sampleNow })) !== undefined

  describe('prune', () => {
    it('deletes what had expired and whose lease had ended, and tells how many', async () => {
      await answer('expired', 1, sampleNow + 10)
      await hold('dead', { leaseUntil: sampleNow + 10 })
      await answer('kept', 1, sampleNow + 11)
      await hold('alive', { leaseUntil: sampleNow + 11 })

      expect(await store().prune({ before: sampleNow + 10 })).toBe(2)

      const kept = await Promise.all(['expired', 'dead', 'kept', 'alive'].map(isKept))
      expect(kept).toEqual([false, false, true, true])
    })

    it('deletes no more than the limit, the oldest first', async () => {
      for (const age of [3, 1, 4, 2]) await answer(`k-${age}`, age, sampleNow + 10 - age)

      const deleted = await store().prune({ before: sampleNow + 10, limit: 3 })

      const kept = await Promise.all([1, 2, 3, 4].map((age) => isKept(`k-${age}`)))
      expect(deleted).toBe(3)
      expect(kept).toEqual([true, false, false, false])
      expect(await store().prune({ before: sampleNow + 10, limit: 3 })).toBe(1)
    })

    it('does nothing where nothing had expired', async () => {
      await answer('k-1', 1)

      expect(await store().prune({ before: sampleNow })).toBe(0)
      expect(await isKept('k-1')).toBe(true)
    })

    it.each([0, -1, 0.5, Number.NaN])('refuses a limit of %s', async (limit) => {
      const pruning = async () => store().prune({ before: sampleNow, limit })

      await expect(pruning()).rejects.toMatchObject({ code: 'ASHLAR_MEDIATOR_INVALID_IDEMPOTENCY' })
    })
  })
}
