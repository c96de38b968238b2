import { describe, expect, it } from 'vitest'
import type { SagaStore } from '../saga-store.ts'
import { contractContext as context, givenSagas } from './given-sagas.ts'
import { sampleClaim } from './sample-saga.ts'

/** Declares who is woken, and that a closed store does nothing. */
export function declareWatchTests(sagas: () => SagaStore): void {
  const { insert, claimOne } = givenSagas(sagas)

  describe('watch', () => {
    it('comes round at once, and again after an insert and after a save', async () => {
      const rounds = sagas().watch({ signal: context.signal })[Symbol.asyncIterator]()

      await rounds.next()
      const afterInsert = rounds.next()
      const claimed = await claimOne('o-1')
      await afterInsert
      const afterSave = rounds.next()
      await sagas().save({ ...claimed, status: 'completed', dueAt: undefined }, undefined)

      expect((await afterSave).done).toBe(false)
    })

    it('throws the reason of its signal', async () => {
      const stop = new AbortController()
      const rounds = sagas().watch({ signal: stop.signal })[Symbol.asyncIterator]()
      await rounds.next()

      const waiting = rounds.next()
      stop.abort(new Error('enough'))

      await expect(waiting).rejects.toThrow('enough')
    })

    it('ends when the store is closed', async () => {
      const rounds = sagas().watch({ signal: context.signal })[Symbol.asyncIterator]()
      await rounds.next()

      const waiting = rounds.next()
      await sagas().close()

      expect((await waiting).done).toBe(true)
    })
  })

  it('refuses all work once closed, and may be closed again', async () => {
    await insert('o-1')

    await sagas().close()

    const closed = { code: 'ASHLAR_SAGA_STORE_CLOSED' }
    const rounds = sagas().watch({ signal: context.signal })[Symbol.asyncIterator]()
    await expect(sagas().find('o-1')).rejects.toMatchObject(closed)
    await expect(insert('o-2')).rejects.toMatchObject(closed)
    await expect(sagas().claim(sampleClaim())).rejects.toMatchObject(closed)
    await expect(rounds.next()).rejects.toMatchObject(closed)
    await expect(sagas().close()).resolves.toBeUndefined()
  })
}
