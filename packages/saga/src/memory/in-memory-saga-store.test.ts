import { createContext } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import type { SagaRecord } from '../saga-store.ts'
import { sagaStoreContract } from '../testing/saga-store-contract.ts'
import { sampleClaim, sampleEntry, sampleSaga } from '../testing/sample-saga.ts'
import { InMemorySagaStore } from './in-memory-saga-store.ts'

const context = createContext({ correlationId: 'c-1' })

sagaStoreContract('InMemorySagaStore', async () => {
  const sagas = new InMemorySagaStore()
  return { sagas, close: () => sagas.close() }
})

sagaStoreContract('a fork of InMemorySagaStore', async () => {
  const sagas = new InMemorySagaStore().fork().port
  return { sagas, close: () => sagas.close() }
})

describe('InMemorySagaStore', () => {
  it('serves one tenant', async () => {
    const acme = new InMemorySagaStore({ tenantId: 'acme' })

    await expect(acme.insert(sampleSaga('o-1'), context)).rejects.toMatchObject({
      code: 'ASHLAR_KERNEL_TENANT_MISMATCH',
    })
    expect((await acme.insert(sampleSaga('o-1'), createContext({ tenantId: 'acme' }))).isNew).toBe(true)
  })

  it('tells that it was closed', async () => {
    const store = new InMemorySagaStore()

    await store.close()

    await expect(store.find('o-1')).rejects.toMatchObject({ code: 'ASHLAR_SAGA_STORE_CLOSED' })
  })
})

describe('a fork of InMemorySagaStore', () => {
  it('shows its writes to nobody else before the commit', async () => {
    const store = new InMemorySagaStore()
    await store.insert(sampleSaga('o-1'), context)
    const { port, commit } = store.fork()

    await port.insert(sampleSaga('o-2'), context)
    const [claimed] = await port.claim(sampleClaim({ limit: 1 }))
    await port.save({ ...(claimed as SagaRecord), step: 1 }, sampleEntry())

    expect([(await store.find('o-1'))?.step, await store.find('o-2')]).toEqual([0, undefined])
    expect(await store.log('o-1')).toEqual([])
    commit()
    expect([(await store.find('o-1'))?.step, (await store.find('o-2'))?.step]).toEqual([1, 0])
    expect(await store.log('o-1')).toHaveLength(1)
  })

  it('refuses a tenant that the store refuses', async () => {
    const { port } = new InMemorySagaStore({ tenantId: 'acme' }).fork()

    await expect(port.insert(sampleSaga('o-1'), context)).rejects.toMatchObject({
      code: 'ASHLAR_KERNEL_TENANT_MISMATCH',
    })
  })

  it('wakes those who watch the store at its commit', async () => {
    const store = new InMemorySagaStore()
    const rounds = store.watch({ signal: context.signal })
    await rounds.next()
    const { port, commit } = store.fork()
    const woken = rounds.next()

    await port.insert(sampleSaga('o-1'), context)
    commit()

    expect((await woken).done).toBe(false)
  })

  it('hands out its own sagas and those beneath it, oldest due first', async () => {
    const store = new InMemorySagaStore()
    await store.insert(sampleSaga('second', { dueAt: 2 }), context)
    await store.insert(sampleSaga('fourth', { dueAt: 4 }), context)
    const { port } = store.fork()
    await port.insert(sampleSaga('third', { dueAt: 3 }), context)
    await port.insert(sampleSaga('first', { dueAt: 1 }), context)

    const claimed = await port.claim(sampleClaim({ limit: 3 }))
    const rest = await port.claim(sampleClaim({ limit: 3 }))

    expect([...claimed, ...rest].map((saga) => saga.id)).toEqual(['first', 'second', 'third', 'fourth'])
  })
})
