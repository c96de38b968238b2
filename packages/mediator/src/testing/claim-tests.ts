import { createContext } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import type { IdempotencyStore } from '../idempotency/idempotency-store.ts'
import { givenKeys, sampleClaim, sampleNow } from './sample-claim.ts'

const claimers = Array.from({ length: 100 }, (_, index) => `input-${index}`)

/** Declares that a key is given to one, and how a claim is refused. */
export function declareClaimTests(store: () => IdempotencyStore): void {
  const { claim, hold, complete, release } = givenKeys(store)

  describe('claim', () => {
    it('gives a free key to the caller', async () => {
      expect(await claim('k-1')).toEqual({ status: 'claimed', fence: expect.any(Number) })
    })

    it('tells the next one that the key is in flight, by which input, and until when', async () => {
      await hold('k-1')

      const claimed = await claim('k-1', { fingerprint: 'input-2' })

      const entry = { status: 'in-flight', fingerprint: 'input-1', leaseUntil: sampleNow + 5_000 }
      expect(claimed).toEqual(entry)
      expect(await store().find({ key: 'k-1', now: sampleNow })).toEqual(entry)
    })

    it('gives a key to one of 100 who want it at once, and tells all others whose it is', async () => {
      const claims = await Promise.all(claimers.map((fingerprint) => claim('k-1', { fingerprint })))

      const entry = await store().find({ key: 'k-1', now: sampleNow })
      const winner = claims.findIndex(({ status }) => status === 'claimed')
      expect(entry).toMatchObject({ status: 'in-flight', fingerprint: claimers[winner] })
      expect(claims.filter((_, index) => index !== winner)).toEqual(claimers.slice(1).map(() => entry))
    })

    it('gives a key whose lease has ended to one of 100, with a higher fence', async () => {
      const fence = await hold('k-1')
      const later = { now: sampleNow + 5_000, leaseUntil: sampleNow + 9_000 }

      const claims = await Promise.all(claimers.map((fingerprint) => claim('k-1', { fingerprint, ...later })))

      const won = claims.flatMap((each) => (each.status === 'claimed' ? [each.fence] : []))
      expect(won).toHaveLength(1)
      expect(won[0]).toBeGreaterThan(fence)
    })

    it('gives different keys to all who want them at once', async () => {
      const claims = await Promise.all(claimers.map((key) => claim(key)))

      expect(claims.map(({ status }) => status)).toEqual(claimers.map(() => 'claimed'))
    })

    it('takes what it is given at the call', async () => {
      const request = { ...sampleClaim('k-1') }

      const claiming = store().claim(request, createContext())
      Object.assign(request, { key: 'k-2', fingerprint: 'changed' })
      await claiming

      expect(await store().find({ key: 'k-1', now: sampleNow })).toMatchObject({ fingerprint: 'input-1' })
      expect(await store().find({ key: 'k-2', now: sampleNow })).toBeUndefined()
    })

    it('keeps nothing when the signal of the context is aborted', async () => {
      const context = createContext({ signal: AbortSignal.abort(new Error('enough')) })

      const claiming = async () => store().claim(sampleClaim('k-1'), context)

      await expect(claiming()).rejects.toThrow('enough')
      expect(await store().find({ key: 'k-1', now: sampleNow })).toBeUndefined()
    })

    it('writes down what was done even when nobody waits for it any more', async () => {
      const fences = [await hold('k-1'), await hold('k-2')] as const
      const context = createContext({ signal: AbortSignal.abort() })
      const [answer, held] = [
        { key: 'k-1', fence: fences[0], response: 1, expiresAt: sampleNow + 9 },
        { key: 'k-2', fence: fences[1] },
      ]

      expect(await store().complete(answer, context)).toBe(true)
      await store().release(held, context)

      expect(await store().find({ key: 'k-1', now: sampleNow })).toMatchObject({ status: 'completed' })
      expect(await store().find({ key: 'k-2', now: sampleNow })).toBeUndefined()
    })

    it('refuses contexts of another tenant, and changes nothing', async () => {
      const fence = await hold('k-1')
      const strangers = createContext({ tenantId: 'strangers' })
      const answer = { key: 'k-1', fence, response: 1, expiresAt: sampleNow + 9 }

      const refused = [
        async () => store().claim(sampleClaim('k-2'), strangers),
        async () => store().complete(answer, strangers),
        async () => store().release(answer, strangers),
      ]

      for (const call of refused)
        await expect(call()).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TENANT_MISMATCH' })
      expect(await store().find({ key: 'k-1', now: sampleNow })).toMatchObject({ status: 'in-flight' })
      expect(await store().find({ key: 'k-2', now: sampleNow })).toBeUndefined()
    })

    it.each([Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53])(
      'refuses %s as a moment, and keeps nothing',
      async (moment) => {
        const held = await hold('held')
        const invalid = { code: 'ASHLAR_MEDIATOR_INVALID_IDEMPOTENCY' }

        await expect(claim('k-1', { now: moment })).rejects.toMatchObject(invalid)
        await expect(claim('k-1', { leaseUntil: moment })).rejects.toMatchObject(invalid)
        await expect(complete('held', held, 'done', moment)).rejects.toMatchObject(invalid)
        await expect((async () => store().prune({ before: moment }))()).rejects.toMatchObject(invalid)

        expect(await store().find({ key: 'k-1', now: sampleNow })).toBeUndefined()
        expect(await store().find({ key: 'held', now: sampleNow })).toMatchObject({ status: 'in-flight' })
      },
    )

    it('refuses a lease that ends before it begins', async () => {
      await expect(claim('k-1', { leaseUntil: sampleNow })).rejects.toMatchObject({
        code: 'ASHLAR_MEDIATOR_INVALID_IDEMPOTENCY',
      })
      expect(await store().find({ key: 'k-1', now: sampleNow })).toBeUndefined()
    })
  })

  describe('release', () => {
    it('frees the key at once', async () => {
      await release('k-1', await hold('k-1'))

      expect(await store().find({ key: 'k-1', now: sampleNow })).toBeUndefined()
      expect(await claim('k-1')).toMatchObject({ status: 'claimed' })
    })

    it('does nothing to a key that was never claimed, or was answered', async () => {
      const fence = await hold('k-1')
      await complete('k-1', fence)

      await release('k-1', fence)
      await release('unknown', fence)

      expect(await store().find({ key: 'k-1', now: sampleNow })).toMatchObject({ status: 'completed' })
    })
  })
}
