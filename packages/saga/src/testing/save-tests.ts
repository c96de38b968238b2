import { describe, expect, it } from 'vitest'
import type { SagaLogEntry, SagaRecord, SagaStore } from '../saga-store.ts'
import { badMoments, givenSagas } from './given-sagas.ts'
import { sampleClaim, sampleEntry, sampleNow, sampleSaga } from './sample-saga.ts'

/** Declares what the one who holds a saga may write, and what the log tells of it. */
export function declareSaveTests(sagas: () => SagaStore): void {
  const { insert, claimOne } = givenSagas(sagas)

  describe('save', () => {
    it('keeps the new state', async () => {
      const claimed = await claimOne('o-1')
      const changed: SagaRecord = {
        ...claimed,
        status: 'compensating',
        step: 1,
        attempt: 2,
        outputs: { inventory: { reservationId: 'r-1' } },
        cause: { step: 'payment', phase: 'run', failure: { type: 'Declined', message: 'no' } },
        owner: undefined,
        dueAt: sampleNow + 200,
        updatedAt: '2026-01-01T00:00:01.000Z',
      }

      expect(await sagas().save(changed, undefined)).toBe(true)
      expect(await sagas().find('o-1')).toEqual(changed)
    })

    it('keeps what the saga was started with', async () => {
      const claimed = await claimOne('o-1')

      await sagas().save(
        {
          ...claimed,
          name: 'other',
          version: 9,
          input: 'other',
          origin: { correlationId: 'other' },
          startedAt: '2030-01-01T00:00:00.000Z',
        },
        undefined,
      )

      expect(await sagas().find('o-1')).toEqual(claimed)
    })

    it('can be done again under the same fence', async () => {
      const claimed = await claimOne('o-1')

      expect(await sagas().save({ ...claimed, step: 1 }, undefined)).toBe(true)
      expect(await sagas().save({ ...claimed, step: 2 }, undefined)).toBe(true)
      expect((await sagas().find('o-1'))?.step).toBe(2)
    })

    it('refuses an old fence, and writes neither state nor log', async () => {
      const old = await claimOne('o-1')
      const [current] = await sagas().claim(
        sampleClaim({ owner: 'worker-b', now: sampleNow + 5_000, leaseUntil: sampleNow + 10_000 }),
      )

      const isSaved = await sagas().save({ ...old, step: 1, status: 'completed' }, sampleEntry())

      expect(isSaved).toBe(false)
      expect(await sagas().find('o-1')).toEqual(current)
      expect(await sagas().log('o-1')).toEqual([])
    })

    it('refuses a fence from the future', async () => {
      const claimed = await claimOne('o-1')

      expect(await sagas().save({ ...claimed, fence: claimed.fence + 1 }, sampleEntry())).toBe(false)
      expect(await sagas().find('o-1')).toEqual(claimed)
    })

    it('refuses a saga that was never inserted', async () => {
      expect(await sagas().save(sampleSaga('unknown'), sampleEntry())).toBe(false)
      expect(await sagas().find('unknown')).toBeUndefined()
      expect(await sagas().log('unknown')).toEqual([])
    })

    it('never hands out a saga that was saved as ended', async () => {
      const claimed = await claimOne('o-1')

      await sagas().save({ ...claimed, status: 'completed', owner: undefined, dueAt: undefined }, undefined)

      expect(await sagas().claim(sampleClaim({ now: sampleNow * 2 }))).toEqual([])
    })

    it('hands a released saga out when its next attempt is due', async () => {
      const claimed = await claimOne('o-1')

      await sagas().save({ ...claimed, attempt: 1, owner: undefined, dueAt: sampleNow + 200 }, undefined)

      expect(await sagas().claim(sampleClaim({ now: sampleNow + 199 }))).toEqual([])
      expect(await sagas().claim(sampleClaim({ now: sampleNow + 200 }))).toMatchObject([
        { id: 'o-1', attempt: 1, fence: 2 },
      ])
    })

    it.each(badMoments)('refuses a due time of %s, and writes nothing', async (dueAt) => {
      const claimed = await claimOne('o-1')

      const saving = sagas().save({ ...claimed, dueAt }, sampleEntry())

      await expect(saving).rejects.toMatchObject({ code: 'ASHLAR_SAGA_INVALID' })
      expect(await sagas().find('o-1')).toEqual(claimed)
      expect(await sagas().log('o-1')).toEqual([])
    })

    it('refuses a key "__proto__" in an output, and writes nothing', async () => {
      const claimed = await claimOne('o-1')
      const outputs = { inventory: JSON.parse('{"__proto__":{"isAdmin":true}}') }

      const saving = sagas().save({ ...claimed, outputs }, sampleEntry())

      await expect(saving).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_INVALID_JSON' })
      expect(await sagas().find('o-1')).toEqual(claimed)
      expect(await sagas().log('o-1')).toEqual([])
    })

    it('is not reached by changes to what was handed in', async () => {
      const claimed = await claimOne('o-1')
      const output = { reservationId: 'r-1' }
      await sagas().save({ ...claimed, outputs: { inventory: output } }, sampleEntry({ payload: output }))

      output.reservationId = 'stolen'

      expect((await sagas().find('o-1'))?.outputs).toEqual({ inventory: { reservationId: 'r-1' } })
      expect((await sagas().log('o-1'))[0]?.payload).toEqual({ reservationId: 'r-1' })
    })
  })

  describe('log', () => {
    it('is empty for a saga that is new or unknown', async () => {
      await insert('o-1')

      expect([await sagas().log('o-1'), await sagas().log('unknown')]).toEqual([[], []])
    })

    it('counts its lines from 1, without a gap, per saga', async () => {
      const first = await claimOne('o-1')
      const second = await claimOne('o-2')
      await sagas().save(first, sampleEntry({ step: 'inventory' }))
      await sagas().save(second, sampleEntry({ step: 'inventory', outcome: 'thrown' }))
      await sagas().save(first, undefined)
      await sagas().save(first, sampleEntry({ step: 'payment', outcome: 'failed', attempt: 2 }))

      expect(await sagas().log('o-1')).toEqual([
        { ...sampleEntry({ step: 'inventory' }), sequence: 1 },
        { ...sampleEntry({ step: 'payment', outcome: 'failed', attempt: 2 }), sequence: 2 },
      ])
      expect(await sagas().log('o-2')).toEqual([{ ...sampleEntry({ outcome: 'thrown' }), sequence: 1 }])
    })

    it('takes the line of an attempt once, though it is saved again by one who did not hear of it', async () => {
      const claimed = await claimOne('o-1')
      const next = { ...claimed, step: 1 }
      const lines = [
        sampleEntry({ outcome: 'thrown' }),
        sampleEntry({ attempt: 2 }),
        sampleEntry({ attempt: 2, phase: 'undo' }),
        sampleEntry({ attempt: 2, phase: 'undo', step: 'payment' }),
        sampleEntry({ attempt: 2, phase: 'undo', step: 'payment', at: '2026-01-01T00:00:09.000Z' }),
      ]

      const saved: boolean[] = []
      for (const line of lines) saved.push(await sagas().save(next, line), await sagas().save(next, line))

      expect(saved).toEqual(saved.map(() => true))
      expect(await sagas().log('o-1')).toEqual(lines.map((line, index) => ({ ...line, sequence: index + 1 })))
    })

    it('hands out frozen copies', async () => {
      const claimed = await claimOne('o-1')
      await sagas().save(claimed, sampleEntry({ payload: { lines: [1] } }))

      const [line] = await sagas().log('o-1')

      const { lines } = (line as SagaLogEntry).payload as { lines: number[] }
      expect([line, line?.payload, lines].map(Object.isFrozen)).toEqual([true, true, true])
    })
  })
}
