import { createContext, type Json } from '@ashlar/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SagaLogEntry, SagaRecord, SagaStatus, SagaStore } from '../saga-store.ts'
import { sampleClaim, sampleEntry, sampleNow, sampleSaga } from './sample-saga.ts'

/**
 * Declares the tests that every saga store passes: one saga per id, claims that never overlap, fences that keep old
 * owners out, a log without gaps, and frozen copies.
 *
 * @param name - of the store, for the report
 * @param open - gives a new, empty store; the contract closes it
 * @example
 * ```ts no-run
 * import { InMemorySagaStore } from '@ashlar/saga'
 * import { sagaStoreContract } from '@ashlar/saga/testing'
 *
 * sagaStoreContract('memory', async () => {
 *   const sagas = new InMemorySagaStore()
 *   return { sagas, close: () => sagas.close() }
 * })
 * ```
 */
export function sagaStoreContract(
  name: string,
  open: () => Promise<{ readonly sagas: SagaStore; close(): Promise<void> }>,
): void {
  describe(`${name} keeps the saga store contract`, () => {
    const context = createContext({ correlationId: 'saga-store-contract' })
    let opened: { readonly sagas: SagaStore; close(): Promise<void> }
    let sagas: SagaStore

    beforeEach(async () => {
      opened = await open()
      sagas = opened.sagas
    })
    afterEach(() => opened.close())

    const insert = (id: string, changes: Partial<SagaRecord> = {}) =>
      sagas.insert(sampleSaga(id, changes), context)
    const claimOne = async (id: string): Promise<SagaRecord> => {
      await insert(id)
      const [saga] = await sagas.claim(sampleClaim())
      return saga as SagaRecord
    }
    const idsOf = (claimed: readonly SagaRecord[]) => claimed.map((saga) => saga.id)

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

        const inserted = await sagas.insert(saga, context)

        expect(inserted).toEqual({ saga, isNew: true })
        expect(await sagas.find('o-1')).toEqual(saga)
      })

      it('finds the first saga of an id instead of keeping a second', async () => {
        await insert('o-1', { input: 'first' })

        const again = await insert('o-1', { input: 'second', name: 'other' })

        expect(again).toMatchObject({ isNew: false, saga: { input: 'first', name: 'order' } })
        expect(await sagas.find('o-1')).toMatchObject({ input: 'first' })
      })

      it('keeps one saga of an id when several are inserted at once', async () => {
        const inserted = await Promise.all(['a', 'b', 'c', 'd'].map((input) => insert('o-1', { input })))

        expect(inserted.filter(({ isNew }) => isNew)).toHaveLength(1)
        expect(new Set(inserted.map(({ saga }) => saga.input)).size).toBe(1)
      })

      it('finds nothing under an id that was never inserted, however it is spelled', async () => {
        await insert('o-1')

        const found = await Promise.all(['o-2', 'O-1', 'o-1 ', '', '__proto__', 'constructor'].map(find))

        expect(found).toEqual(found.map(() => undefined))
      })

      it.each(['__proto__', 'constructor', "'; drop table saga; --", '💥 ü', 'a'.repeat(300)])(
        'keeps a saga with the id %s',
        async (id) => {
          await insert(id)

          expect((await sagas.find(id))?.id).toBe(id)
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

        expect((await sagas.find('o-1'))?.input).toEqual(input)
      })

      it('refuses a key "__proto__" in the input, and keeps nothing', async () => {
        const inserting = insert('o-1', { input: JSON.parse('{"lines":{"__proto__":{"isAdmin":true}}}') })

        await expect(inserting).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_INVALID_JSON' })
        expect(await sagas.find('o-1')).toBeUndefined()
      })

      it('is not reached by changes to what was handed in', async () => {
        const input = { lines: [{ sku: 'TEA-1' }] }
        await insert('o-1', { input })

        input.lines.push({ sku: 'MUG-1' })

        expect((await sagas.find('o-1'))?.input).toEqual({ lines: [{ sku: 'TEA-1' }] })
      })

      it('hands out frozen copies', async () => {
        const { saga } = await insert('o-1', {
          input: { lines: [{ sku: 'TEA-1' }] },
          outputs: { a: { b: 1 } },
        })
        const found = (await sagas.find('o-1')) as SagaRecord
        const [claimed] = await sagas.claim(sampleClaim())

        for (const record of [saga, found, claimed as SagaRecord]) {
          const { lines } = record.input as { lines: { sku: string }[] }
          const parts = [
            record,
            record.input,
            lines,
            lines[0],
            record.outputs,
            record.outputs.a,
            record.origin,
          ]
          expect(parts.map(Object.isFrozen)).toEqual(parts.map(() => true))
        }
      })

      it('keeps nothing when the signal of the context is aborted', async () => {
        const signal = AbortSignal.abort(new Error('enough'))

        const inserting = sagas.insert(sampleSaga('o-1'), createContext({ signal }))

        await expect(inserting).rejects.toThrow('enough')
        expect(await sagas.find('o-1')).toBeUndefined()
      })

      it('refuses a context of another tenant', async () => {
        const inserting = sagas.insert(sampleSaga('o-1'), createContext({ tenantId: 'strangers' }))

        await expect(inserting).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TENANT_MISMATCH' })
        expect(await sagas.find('o-1')).toBeUndefined()
      })
    })

    describe('claim', () => {
      it('hands out what is due, with a raised fence, the new owner and the lease', async () => {
        await insert('o-1', { fence: 3 })

        const claimed = await sagas.claim(sampleClaim({ owner: 'worker-b', leaseUntil: sampleNow + 700 }))

        const expected = sampleSaga('o-1', { fence: 4, owner: 'worker-b', dueAt: sampleNow + 700 })
        expect(claimed).toEqual([expected])
        expect(await sagas.find('o-1')).toEqual(expected)
      })

      it('hands out the oldest due first, and no more than the limit', async () => {
        await insert('late', { dueAt: sampleNow })
        await insert('early', { dueAt: sampleNow - 2_000 })
        await insert('middle', { dueAt: sampleNow - 1_000 })

        const first = await sagas.claim(sampleClaim({ limit: 2 }))
        const rest = await sagas.claim(sampleClaim({ limit: 2 }))

        expect([idsOf(first), idsOf(rest)]).toEqual([['early', 'middle'], ['late']])
      })

      it('leaves alone what is not due yet', async () => {
        await insert('later', { dueAt: sampleNow + 1 })

        expect(await sagas.claim(sampleClaim())).toEqual([])
        expect(idsOf(await sagas.claim(sampleClaim({ now: sampleNow + 1 })))).toEqual(['later'])
      })

      it('leaves alone what is never due', async () => {
        await insert('never', { dueAt: undefined })

        expect(await sagas.claim(sampleClaim({ now: Number.MAX_SAFE_INTEGER }))).toEqual([])
      })

      it('hands out what is compensating', async () => {
        await insert('o-1', { status: 'compensating' })

        expect(idsOf(await sagas.claim(sampleClaim()))).toEqual(['o-1'])
      })

      it.each<SagaStatus>(['needs-attention', 'completed', 'compensated', 'cancelled', 'abandoned'])(
        'never hands out what is %s, even if it has a due time',
        async (status) => {
          await insert('ended', { status })
          await insert('ended-2', { status, dueAt: undefined })

          expect(await sagas.claim(sampleClaim({ now: sampleNow * 2 }))).toEqual([])
          expect(await sagas.nextDue(['order@1'])).toBeUndefined()
        },
      )

      it('leaves definitions and versions alone that the worker does not know', async () => {
        await insert('other', { name: 'refund' })
        await insert('newer', { version: 2 })
        await insert('known', { dueAt: sampleNow })

        const claimed = await sagas.claim(sampleClaim({ definitions: ['order@1', 'order@3'] }))

        expect(idsOf(claimed)).toEqual(['known'])
        expect(await sagas.find('newer')).toEqual(sampleSaga('newer', { version: 2 }))
      })

      it('hands out nothing to a worker that knows no definition', async () => {
        await insert('o-1')

        expect(await sagas.claim(sampleClaim({ definitions: [] }))).toEqual([])
      })

      it('does not let unknown sagas in front use up the limit', async () => {
        for (const n of [1, 2, 3]) await insert(`other-${n}`, { name: 'refund', dueAt: sampleNow - 1_000 })
        await insert('known')

        expect(idsOf(await sagas.claim(sampleClaim({ limit: 1 })))).toEqual(['known'])
      })

      it('hands a saga to one of several owners who claim at once', async () => {
        const ids = Array.from({ length: 20 }, (_, n) => `o-${n}`)
        for (const id of ids) await insert(id)

        const claims = await Promise.all(
          ['a', 'b', 'c', 'd'].map((owner) => sagas.claim(sampleClaim({ owner, limit: 7 }))),
        )

        const claimed = claims.flat()
        expect(idsOf(claimed).sort()).toEqual([...ids].sort())
        for (const { id, owner } of claimed) expect((await sagas.find(id))?.owner).toBe(owner)
      })

      it('hands a saga out again when its lease has ended', async () => {
        await claimOne('o-1')

        const before = await sagas.claim(sampleClaim({ owner: 'worker-b', now: sampleNow + 4_999 }))
        const after = await sagas.claim(
          sampleClaim({ owner: 'worker-b', now: sampleNow + 5_000, leaseUntil: sampleNow + 10_000 }),
        )

        expect(before).toEqual([])
        expect(after).toMatchObject([{ id: 'o-1', owner: 'worker-b', fence: 2 }])
      })
    })

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

        expect(await sagas.save(changed, undefined)).toBe(true)
        expect(await sagas.find('o-1')).toEqual(changed)
      })

      it('keeps what the saga was started with', async () => {
        const claimed = await claimOne('o-1')

        await sagas.save(
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

        expect(await sagas.find('o-1')).toEqual(claimed)
      })

      it('can be done again under the same fence', async () => {
        const claimed = await claimOne('o-1')

        expect(await sagas.save({ ...claimed, step: 1 }, undefined)).toBe(true)
        expect(await sagas.save({ ...claimed, step: 2 }, undefined)).toBe(true)
        expect((await sagas.find('o-1'))?.step).toBe(2)
      })

      it('refuses an old fence, and writes neither state nor log', async () => {
        const old = await claimOne('o-1')
        const [current] = await sagas.claim(
          sampleClaim({ owner: 'worker-b', now: sampleNow + 5_000, leaseUntil: sampleNow + 10_000 }),
        )

        const isSaved = await sagas.save({ ...old, step: 1, status: 'completed' }, sampleEntry())

        expect(isSaved).toBe(false)
        expect(await sagas.find('o-1')).toEqual(current)
        expect(await sagas.log('o-1')).toEqual([])
      })

      it('refuses a fence from the future', async () => {
        const claimed = await claimOne('o-1')

        expect(await sagas.save({ ...claimed, fence: claimed.fence + 1 }, sampleEntry())).toBe(false)
        expect(await sagas.find('o-1')).toEqual(claimed)
      })

      it('refuses a saga that was never inserted', async () => {
        expect(await sagas.save(sampleSaga('unknown'), sampleEntry())).toBe(false)
        expect(await sagas.find('unknown')).toBeUndefined()
        expect(await sagas.log('unknown')).toEqual([])
      })

      it('never hands out a saga that was saved as ended', async () => {
        const claimed = await claimOne('o-1')

        await sagas.save({ ...claimed, status: 'completed', owner: undefined, dueAt: undefined }, undefined)

        expect(await sagas.claim(sampleClaim({ now: sampleNow * 2 }))).toEqual([])
      })

      it('hands a released saga out when its next attempt is due', async () => {
        const claimed = await claimOne('o-1')

        await sagas.save({ ...claimed, attempt: 1, owner: undefined, dueAt: sampleNow + 200 }, undefined)

        expect(await sagas.claim(sampleClaim({ now: sampleNow + 199 }))).toEqual([])
        expect(await sagas.claim(sampleClaim({ now: sampleNow + 200 }))).toMatchObject([
          { id: 'o-1', attempt: 1, fence: 2 },
        ])
      })

      it('refuses a key "__proto__" in an output, and writes nothing', async () => {
        const claimed = await claimOne('o-1')
        const outputs = { inventory: JSON.parse('{"__proto__":{"isAdmin":true}}') }

        const saving = sagas.save({ ...claimed, outputs }, sampleEntry())

        await expect(saving).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_INVALID_JSON' })
        expect(await sagas.find('o-1')).toEqual(claimed)
        expect(await sagas.log('o-1')).toEqual([])
      })

      it('is not reached by changes to what was handed in', async () => {
        const claimed = await claimOne('o-1')
        const output = { reservationId: 'r-1' }
        await sagas.save({ ...claimed, outputs: { inventory: output } }, sampleEntry({ payload: output }))

        output.reservationId = 'stolen'

        expect((await sagas.find('o-1'))?.outputs).toEqual({ inventory: { reservationId: 'r-1' } })
        expect((await sagas.log('o-1'))[0]?.payload).toEqual({ reservationId: 'r-1' })
      })
    })

    describe('log', () => {
      it('is empty for a saga that is new or unknown', async () => {
        await insert('o-1')

        expect([await sagas.log('o-1'), await sagas.log('unknown')]).toEqual([[], []])
      })

      it('counts its lines from 1, without a gap, per saga', async () => {
        const first = await claimOne('o-1')
        const second = await claimOne('o-2')
        await sagas.save(first, sampleEntry({ step: 'inventory' }))
        await sagas.save(second, sampleEntry({ step: 'inventory', outcome: 'thrown' }))
        await sagas.save(first, undefined)
        await sagas.save(first, sampleEntry({ step: 'payment', outcome: 'failed', attempt: 2 }))

        expect(await sagas.log('o-1')).toEqual([
          { ...sampleEntry({ step: 'inventory' }), sequence: 1 },
          { ...sampleEntry({ step: 'payment', outcome: 'failed', attempt: 2 }), sequence: 2 },
        ])
        expect(await sagas.log('o-2')).toEqual([{ ...sampleEntry({ outcome: 'thrown' }), sequence: 1 }])
      })

      it('hands out frozen copies', async () => {
        const claimed = await claimOne('o-1')
        await sagas.save(claimed, sampleEntry({ payload: { lines: [1] } }))

        const [line] = await sagas.log('o-1')

        const { lines } = (line as SagaLogEntry).payload as { lines: number[] }
        expect([line, line?.payload, lines].map(Object.isFrozen)).toEqual([true, true, true])
      })
    })

    describe('renew', () => {
      it('extends the leases of those who hold them', async () => {
        const held = await claimOne('o-1')

        expect(await sagas.renew([held], sampleNow + 9_000)).toEqual([])
        expect(await sagas.find('o-1')).toEqual({ ...held, dueAt: sampleNow + 9_000 })
        expect(await sagas.claim(sampleClaim({ now: sampleNow + 8_999 }))).toEqual([])
      })

      it('tells whose fence is old, and leaves them as they are', async () => {
        const kept = await claimOne('o-1')
        const lost = await claimOne('o-2')
        await sagas.save({ ...lost, owner: undefined, dueAt: sampleNow }, undefined)
        const [current] = await sagas.claim(sampleClaim({ owner: 'worker-b' }))

        const told = await sagas.renew([kept, lost, sampleSaga('unknown')], sampleNow + 9_000)

        expect([...told].sort()).toEqual(['o-2', 'unknown'])
        expect(await sagas.find('o-2')).toEqual(current)
        expect((await sagas.find('o-1'))?.dueAt).toBe(sampleNow + 9_000)
      })

      it('leaves a released saga as it is, and tells its id', async () => {
        const held = await claimOne('o-1')
        await sagas.save({ ...held, owner: undefined, dueAt: sampleNow + 200 }, undefined)

        expect(await sagas.renew([held], sampleNow + 9_000)).toEqual(['o-1'])
        expect((await sagas.find('o-1'))?.dueAt).toBe(sampleNow + 200)
      })

      it('does nothing for nobody', async () => {
        expect(await sagas.renew([], sampleNow + 9_000)).toEqual([])
      })
    })

    describe('nextDue', () => {
      it('tells the nearest due time of the known definitions, leases included', async () => {
        expect(await sagas.nextDue(['order@1'])).toBeUndefined()
        await insert('other', { name: 'refund', dueAt: sampleNow - 5 })
        await insert('newer', { version: 2, dueAt: sampleNow - 5 })
        await insert('never', { dueAt: undefined })
        await insert('o-1', { dueAt: sampleNow })
        await insert('o-2', { dueAt: sampleNow + 10_000 })

        expect(await sagas.nextDue(['order@1'])).toBe(sampleNow)
        expect(await sagas.nextDue([])).toBeUndefined()

        await sagas.claim(sampleClaim({ limit: 1 }))

        expect(await sagas.nextDue(['order@1'])).toBe(sampleNow + 5_000)
      })
    })

    describe('watch', () => {
      it('comes round at once, and again after an insert and after a save', async () => {
        const rounds = sagas.watch({ signal: context.signal })[Symbol.asyncIterator]()

        await rounds.next()
        const afterInsert = rounds.next()
        const claimed = await claimOne('o-1')
        await afterInsert
        const afterSave = rounds.next()
        await sagas.save({ ...claimed, status: 'completed', dueAt: undefined }, undefined)

        expect((await afterSave).done).toBe(false)
      })

      it('throws the reason of its signal', async () => {
        const stop = new AbortController()
        const rounds = sagas.watch({ signal: stop.signal })[Symbol.asyncIterator]()
        await rounds.next()

        const waiting = rounds.next()
        stop.abort(new Error('enough'))

        await expect(waiting).rejects.toThrow('enough')
      })

      it('ends when the store is closed', async () => {
        const rounds = sagas.watch({ signal: context.signal })[Symbol.asyncIterator]()
        await rounds.next()

        const waiting = rounds.next()
        await sagas.close()

        expect((await waiting).done).toBe(true)
      })
    })

    it('refuses all work once closed, and may be closed again', async () => {
      await insert('o-1')

      await sagas.close()

      const closed = { code: 'ASHLAR_SAGA_STORE_CLOSED' }
      const rounds = sagas.watch({ signal: context.signal })[Symbol.asyncIterator]()
      await expect(sagas.find('o-1')).rejects.toMatchObject(closed)
      await expect(insert('o-2')).rejects.toMatchObject(closed)
      await expect(sagas.claim(sampleClaim())).rejects.toMatchObject(closed)
      await expect(rounds.next()).rejects.toMatchObject(closed)
      await expect(sagas.close()).resolves.toBeUndefined()
    })

    const find = (id: string) => sagas.find(id)
  })
}
