import { createContext, type Json } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import type { SagaRecord, SagaStore } from '../saga-store.ts'
import { badMoments, contractContext as context, givenSagas } from './given-sagas.ts'
import { sampleClaim, sampleSaga } from './sample-saga.ts'

/** Declares that a saga is kept once, as it was handed in. */
export function declareInsertTests(sagas: () => SagaStore): void {
  const { insert } = givenSagas(sagas)

  describe('insert and find', () => {
    it('keeps all that a saga has', async () => {
      const saga = sampleSaga('o-1', {
        step: 2,
        attempt: 1,
        outputs: { inventory: { reservationId: 'r-1' }, payment: null },
        cause: {
          step: 'payment',
          phase: 'run',
          failure: { type: 'Declined', message: 'no', limit: 10 },
        },
        origin: { correlationId: 'c-1', causationId: 'e-1', userId: 'ada', tenantId: 'acme' },
      })

      const inserted = await sagas().insert(saga, context)

      expect(inserted).toEqual({ saga, isNew: true })
      expect(await sagas().find('o-1')).toEqual(saga)
    })

    it('finds the first saga of an id instead of keeping a second', async () => {
      await insert('o-1', { input: 'first' })

      const again = await insert('o-1', { input: 'second', name: 'other' })

      expect(again).toMatchObject({ isNew: false, saga: { input: 'first', name: 'order' } })
      expect(await sagas().find('o-1')).toMatchObject({ input: 'first' })
    })

    it('keeps one saga of an id when several are inserted at once', async () => {
      const inserted = await Promise.all(['a', 'b', 'c', 'd'].map((input) => insert('o-1', { input })))

      expect(inserted.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(new Set(inserted.map(({ saga }) => saga.input)).size).toBe(1)
    })

    it('finds nothing under an id that was never inserted, however it is spelled', async () => {
      await insert('o-1')

      const found = await Promise.all(
        ['o-2', 'O-1', 'o-1 ', '', '__proto__', 'constructor'].map((id) => sagas().find(id)),
      )

      expect(found).toEqual(found.map(() => undefined))
    })

    it.each(['__proto__', 'constructor', "'; drop table saga; --", '💥 ü', 'a'.repeat(300)])(
      'keeps a saga with the id %s',
      async (id) => {
        await insert(id)

        expect((await sagas().find(id))?.id).toBe(id)
      },
    )

    it.each<[string, Json]>([
      ['null', null],
      ['a text', 'tea'],
      ['false', false],
      ['a text with U+0000 and a surrogate pair', 'a\u0000b💥'],
      ['a large number', 9_007_199_254_740_991],
      ['a fraction', 0.1],
      ['nested lists', [[[]], [{ a: [null] }]]],
      ['names of Object.prototype', { constructor: 1, toString: 'x', hasOwnProperty: null }],
    ])('gives back an input that is %s', async (_, input) => {
      await insert('o-1', { input })

      expect((await sagas().find('o-1'))?.input).toEqual(input)
    })

    it('refuses a key "__proto__" in the input, and keeps nothing', async () => {
      const inserting = insert('o-1', { input: JSON.parse('{"lines":{"__proto__":{"isAdmin":true}}}') })

      await expect(inserting).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_INVALID_JSON' })
      expect(await sagas().find('o-1')).toBeUndefined()
    })

    it('is not reached by changes to what was handed in', async () => {
      const input = { lines: [{ sku: 'TEA-1' }] }
      await insert('o-1', { input })

      input.lines.push({ sku: 'MUG-1' })

      expect((await sagas().find('o-1'))?.input).toEqual({ lines: [{ sku: 'TEA-1' }] })
    })

    it('hands out frozen copies', async () => {
      const { saga } = await insert('o-1', {
        input: { lines: [{ sku: 'TEA-1' }] },
        outputs: { a: { b: 1 } },
      })
      const found = (await sagas().find('o-1')) as SagaRecord
      const [claimed] = await sagas().claim(sampleClaim())

      for (const record of [saga, found, claimed as SagaRecord]) {
        const { lines } = record.input as { lines: { sku: string }[] }
        const parts = [record, record.input, lines, lines[0], record.outputs, record.outputs.a, record.origin]
        expect(parts.map(Object.isFrozen)).toEqual(parts.map(() => true))
      }
    })

    it.each(badMoments)('refuses a due time of %s, and keeps nothing', async (dueAt) => {
      await expect(insert('o-1', { dueAt })).rejects.toMatchObject({ code: 'ASHLAR_SAGA_INVALID' })
      expect(await sagas().find('o-1')).toBeUndefined()
    })

    it('keeps nothing when the signal of the context is aborted', async () => {
      const signal = AbortSignal.abort(new Error('enough'))

      const inserting = sagas().insert(sampleSaga('o-1'), createContext({ signal }))

      await expect(inserting).rejects.toThrow('enough')
      expect(await sagas().find('o-1')).toBeUndefined()
    })

    it('refuses a context of another tenant', async () => {
      const inserting = sagas().insert(sampleSaga('o-1'), createContext({ tenantId: 'strangers' }))

      await expect(inserting).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TENANT_MISMATCH' })
      expect(await sagas().find('o-1')).toBeUndefined()
    })
  })
}
