import { describe, expect, it } from 'vitest'
import type { SagaRecord } from '../saga-store.ts'
import { sampleNow, sampleSaga } from '../testing/sample-saga.ts'
import { SagaTable } from './saga-table.ts'

/** Counts how often its due time is looked at. */
function watched(id: string, looks: string[]): SagaRecord {
  const saga = sampleSaga(id, { name: 'parked' })
  return Object.defineProperty({ ...saga }, 'dueAt', {
    get() {
      looks.push(id)
      return sampleNow
    },
  })
}

describe('SagaTable', () => {
  it('does not look at sagas of other definitions, in a fork neither', () => {
    const table = new SagaTable()
    const looks: string[] = []
    for (const id of ['p-1', 'p-2', 'p-3']) table.put(watched(id, looks))
    table.put(sampleSaga('o-1'))
    const fork = new SagaTable(table)
    looks.length = 0

    const found = [table, fork].map((one) => [
      one.nextDue(['order@1']),
      one.dueUntil(sampleNow, ['order@1'], 10).map(({ id }) => id),
    ])

    expect(found).toEqual([
      [sampleNow, ['o-1']],
      [sampleNow, ['o-1']],
    ])
    expect(looks).toEqual([])
  })

  it('keeps the order of insertion over a merge', () => {
    const table = new SagaTable()
    table.put(sampleSaga('a'))
    table.put(sampleSaga('b'))
    const fork = new SagaTable(table)
    fork.put(sampleSaga('c'))
    fork.put(sampleSaga('a', { step: 1 }))
    fork.put(sampleSaga('d'))
    const order = (one: SagaTable) => one.dueUntil(sampleNow, ['order@1'], 10).map(({ id }) => id)

    const before = [order(table), order(fork)]
    fork.merge()

    expect(before).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
    ])
    expect(order(table)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('loses no saga when the table has grown under a fork', () => {
    const table = new SagaTable()
    const fork = new SagaTable(table)
    fork.put(sampleSaga('late'))
    table.put(sampleSaga('early'))

    fork.merge()
    table.put(sampleSaga('late', { status: 'completed', dueAt: undefined }))

    expect(table.dueUntil(sampleNow, ['order@1'], 10).map(({ id }) => id)).toEqual(['early'])
  })
})
