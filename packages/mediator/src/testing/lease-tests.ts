import { describe, expect, it } from 'vitest'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'
import { givenKeys, sampleNow } from './sample-claim.ts'

const later = { now: sampleNow + 5_000, leaseUntil: sampleNow + 10_000, fingerprint: 'input-2' }

/** Declares what becomes of a claimer that died, and of one that only seemed to. */
export function declareLeaseTests(store: () => IdempotencyStore): void {
  const { claim, hold, complete, release } = givenKeys(store)
  const find = async (now: number) => store().find({ key: 'k-1', now })

  describe('a lease', () => {
    it('holds until its last millisecond', async () => {
      await hold('k-1')

      expect(await claim('k-1', { now: sampleNow + 4_999 })).toMatchObject({ status: 'in-flight' })
      expect(await claim('k-1', later)).toMatchObject({ status: 'claimed' })
    })

    it('that has ended shows the key as free', async () => {
      await hold('k-1')

      expect(await find(sampleNow + 4_999)).toMatchObject({ status: 'in-flight' })
      expect(await find(sampleNow + 5_000)).toBeUndefined()
    })

    it('that has ended hinders nobody from answering while the key was not claimed again', async () => {
      const fence = await hold('k-1')

      expect(await complete('k-1', fence, 'late', sampleNow + 60_000)).toBe(true)
      expect(await claim('k-1', later)).toMatchObject({ status: 'completed', response: 'late' })
    })

    it('that was taken over lets the old claimer neither answer nor release', async () => {
      const old = await hold('k-1')
      const current = await hold('k-1', later)

      expect(current).toBeGreaterThan(old)
      expect(await complete('k-1', old, 'of a zombie')).toBe(false)
      await release('k-1', old)

      expect(await find(later.now)).toEqual({
        status: 'in-flight',
        fingerprint: 'input-2',
        leaseUntil: later.leaseUntil,
      })
      expect(await complete('k-1', current, 'of the living')).toBe(true)
      expect(await complete('k-1', old, 'of a zombie')).toBe(false)
      expect(await find(later.now)).toMatchObject({ response: 'of the living' })
    })

    it.each(['released', 'answered, expired and pruned'])(
      'that was taken over and %s meanwhile lets the old claimer not answer for the next one',
      async (how) => {
        const old = await hold('k-1')
        const second = await hold('k-1', later)
        if (how === 'released') await release('k-1', second)
        else {
          expect(await complete('k-1', second, 'second', later.now + 1)).toBe(true)
          expect(await store().prune({ before: later.now + 1 })).toBe(1)
        }
        const third = await hold('k-1', { ...later, now: later.now + 2 })

        expect(third).toBeGreaterThan(old)
        expect(await complete('k-1', old, 'of a zombie')).toBe(false)
        expect(await complete('k-1', second, 'of a zombie')).toBe(false)
        expect(await complete('k-1', third, 'third')).toBe(true)
      },
    )

    it('of a key whose response had expired at once has a higher fence, even at the same moment', async () => {
      const old = await hold('k-1')
      expect(await complete('k-1', old, 'gone at once', sampleNow)).toBe(true)

      const current = await hold('k-1')

      expect(current).toBeGreaterThan(old)
      expect(await complete('k-1', old, 'of a zombie')).toBe(false)
      expect(await complete('k-1', current, 'of the living')).toBe(true)
    })
  })
}
