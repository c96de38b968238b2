import { describe, expect, it } from 'vitest'
import type { SagaStore } from '../saga-store.ts'
import { badMoments, givenSagas } from './given-sagas.ts'
import { sampleClaim, sampleNow, sampleSaga } from './sample-saga.ts'

/** Declares how leases are extended, and how they are lost. */
export function declareLeaseTests(sagas: () => SagaStore): void {
  const { claimOne } = givenSagas(sagas)

  describe('renew', () => {
    it('extends the leases of those who hold them', async () => {
      const held = await claimOne('o-1')

      expect(await sagas().renew([held], sampleNow + 9_000)).toEqual([])
      expect(await sagas().find('o-1')).toEqual({ ...held, dueAt: sampleNow + 9_000 })
      expect(await sagas().claim(sampleClaim({ now: sampleNow + 8_999 }))).toEqual([])
    })

    it('tells whose fence is old, and leaves them as they are', async () => {
      const kept = await claimOne('o-1')
      const lost = await claimOne('o-2')
      await sagas().save({ ...lost, owner: undefined, dueAt: sampleNow }, undefined)
      const [current] = await sagas().claim(sampleClaim({ owner: 'worker-b' }))

      const told = await sagas().renew([kept, lost, sampleSaga('unknown')], sampleNow + 9_000)

      expect([...told].sort()).toEqual(['o-2', 'unknown'])
      expect(await sagas().find('o-2')).toEqual(current)
      expect((await sagas().find('o-1'))?.dueAt).toBe(sampleNow + 9_000)
    })

    it('leaves a released saga as it is, and tells its id', async () => {
      const held = await claimOne('o-1')
      await sagas().save({ ...held, owner: undefined, dueAt: sampleNow + 200 }, undefined)

      expect(await sagas().renew([held], sampleNow + 9_000)).toEqual(['o-1'])
      expect((await sagas().find('o-1'))?.dueAt).toBe(sampleNow + 200)
    })

    it.each(badMoments)('refuses a lease until %s, and extends nothing', async (leaseUntil) => {
      const held = await claimOne('o-1')

      await expect(sagas().renew([held], leaseUntil)).rejects.toMatchObject({ code: 'ASHLAR_SAGA_INVALID' })
      expect(await sagas().find('o-1')).toEqual(held)
    })

    it('does nothing for nobody', async () => {
      expect(await sagas().renew([], sampleNow + 9_000)).toEqual([])
    })
  })
}
