import { describe, expect, it } from 'vitest'
import type { SagaRecord, SagaStatus, SagaStore } from '../saga-store.ts'
import { badMoments, givenSagas } from './given-sagas.ts'
import { sampleClaim, sampleNow, sampleSaga } from './sample-saga.ts'

/** Declares what is handed out, to whom, in which order, and when the next is due. */
export function declareClaimTests(sagas: () => SagaStore): void {
  const { insert, claimOne } = givenSagas(sagas)
  const idsOf = (claimed: readonly SagaRecord[]) => claimed.map((saga) => saga.id)

  describe('claim', () => {
    it('hands out what is due, with a raised fence, the new owner and the lease', async () => {
      await insert('o-1', { fence: 3 })

      const claimed = await sagas().claim(sampleClaim({ owner: 'worker-b', leaseUntil: sampleNow + 700 }))

      const expected = sampleSaga('o-1', { fence: 4, owner: 'worker-b', dueAt: sampleNow + 700 })
      expect(claimed).toEqual([expected])
      expect(await sagas().find('o-1')).toEqual(expected)
    })

    it('hands out the oldest due first, and no more than the limit', async () => {
      await insert('late', { dueAt: sampleNow })
      await insert('early', { dueAt: sampleNow - 2_000 })
      await insert('middle', { dueAt: sampleNow - 1_000 })

      const first = await sagas().claim(sampleClaim({ limit: 2 }))
      const rest = await sagas().claim(sampleClaim({ limit: 2 }))

      expect([idsOf(first), idsOf(rest)]).toEqual([['early', 'middle'], ['late']])
    })

    it('hands out first what was inserted first, of what is due at once, whatever was done with it since', async () => {
      for (const id of ['a', 'c', 'd']) await insert(id)
      await insert('b', { name: 'refund' })
      await insert('e')
      const definitions = ['refund@1', 'order@1', 'order@1']
      const [first, second] = await sagas().claim(sampleClaim({ definitions, limit: 2 }))
      for (const saga of [second, first])
        await sagas().save({ ...(saga as SagaRecord), owner: undefined, dueAt: sampleNow }, undefined)

      const begin = await sagas().claim(sampleClaim({ definitions, limit: 4 }))
      const rest = await sagas().claim(sampleClaim({ definitions, limit: 4 }))

      expect([idsOf(begin), idsOf(rest)]).toEqual([['a', 'c', 'd', 'b'], ['e']])
    })

    it('hands out the oldest due first of several definitions', async () => {
      await insert('late', { dueAt: sampleNow })
      await insert('early', { dueAt: sampleNow - 2_000, name: 'refund' })
      await insert('middle', { dueAt: sampleNow - 1_000 })
      const definitions = ['order@1', 'refund@1']

      expect(await sagas().nextDue(definitions)).toBe(sampleNow - 2_000)
      expect(idsOf(await sagas().claim(sampleClaim({ definitions, limit: 2 })))).toEqual(['early', 'middle'])
      expect(await sagas().nextDue(definitions)).toBe(sampleNow)
    })

    it.each(badMoments)('refuses a lease until %s, and hands out nothing', async (leaseUntil) => {
      await insert('o-1')

      await expect(sagas().claim(sampleClaim({ leaseUntil }))).rejects.toMatchObject({
        code: 'ASHLAR_SAGA_INVALID',
      })
      expect((await sagas().find('o-1'))?.fence).toBe(0)
    })

    it('leaves alone what is not due yet', async () => {
      await insert('later', { dueAt: sampleNow + 1 })

      expect(await sagas().claim(sampleClaim())).toEqual([])
      expect(idsOf(await sagas().claim(sampleClaim({ now: sampleNow + 1 })))).toEqual(['later'])
    })

    it('leaves alone what is never due', async () => {
      await insert('never', { dueAt: undefined })

      expect(await sagas().claim(sampleClaim({ now: Number.MAX_SAFE_INTEGER }))).toEqual([])
    })

    it('hands out what is compensating', async () => {
      await insert('o-1', { status: 'compensating' })

      expect(idsOf(await sagas().claim(sampleClaim()))).toEqual(['o-1'])
    })

    it.each<SagaStatus>(['needs-attention', 'completed', 'compensated', 'cancelled', 'abandoned'])(
      'never hands out what is %s, even if it has a due time',
      async (status) => {
        await insert('ended', { status })
        await insert('ended-2', { status, dueAt: undefined })

        expect(await sagas().claim(sampleClaim({ now: sampleNow * 2 }))).toEqual([])
        expect(await sagas().nextDue(['order@1'])).toBeUndefined()
      },
    )

    it('leaves definitions and versions alone that the worker does not know', async () => {
      await insert('other', { name: 'refund' })
      await insert('newer', { version: 2 })
      await insert('known', { dueAt: sampleNow })

      const claimed = await sagas().claim(sampleClaim({ definitions: ['order@1', 'order@3'] }))

      expect(idsOf(claimed)).toEqual(['known'])
      expect(await sagas().find('newer')).toEqual(sampleSaga('newer', { version: 2 }))
    })

    it('hands out nothing to a worker that knows no definition', async () => {
      await insert('o-1')

      expect(await sagas().claim(sampleClaim({ definitions: [] }))).toEqual([])
    })

    it('does not let unknown sagas in front use up the limit', async () => {
      for (const n of [1, 2, 3]) await insert(`other-${n}`, { name: 'refund', dueAt: sampleNow - 1_000 })
      await insert('known')

      expect(idsOf(await sagas().claim(sampleClaim({ limit: 1 })))).toEqual(['known'])
    })

    it('hands a saga to one of several owners who claim at once', async () => {
      const ids = Array.from({ length: 20 }, (_, n) => `o-${n}`)
      for (const id of ids) await insert(id)

      const claims = await Promise.all(
        ['a', 'b', 'c', 'd'].map((owner) => sagas().claim(sampleClaim({ owner, limit: 7 }))),
      )

      const claimed = claims.flat()
      expect(idsOf(claimed).sort()).toEqual([...ids].sort())
      for (const { id, owner } of claimed) expect((await sagas().find(id))?.owner).toBe(owner)
    })

    it('hands a saga out again when its lease has ended', async () => {
      await claimOne('o-1')

      const before = await sagas().claim(sampleClaim({ owner: 'worker-b', now: sampleNow + 4_999 }))
      const after = await sagas().claim(
        sampleClaim({ owner: 'worker-b', now: sampleNow + 5_000, leaseUntil: sampleNow + 10_000 }),
      )

      expect(before).toEqual([])
      expect(after).toMatchObject([{ id: 'o-1', owner: 'worker-b', fence: 2 }])
    })
  })

  describe('nextDue', () => {
    it('tells the nearest due time of the known definitions, leases included', async () => {
      expect(await sagas().nextDue(['order@1'])).toBeUndefined()
      await insert('other', { name: 'refund', dueAt: sampleNow - 5 })
      await insert('newer', { version: 2, dueAt: sampleNow - 5 })
      await insert('never', { dueAt: undefined })
      await insert('o-1', { dueAt: sampleNow })
      await insert('o-2', { dueAt: sampleNow + 10_000 })

      expect(await sagas().nextDue(['order@1'])).toBe(sampleNow)
      expect(await sagas().nextDue([])).toBeUndefined()

      await sagas().claim(sampleClaim({ limit: 1 }))

      expect(await sagas().nextDue(['order@1'])).toBe(sampleNow + 5_000)
    })
  })
}
