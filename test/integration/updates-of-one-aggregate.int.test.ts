import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DomainEvent, unknownEvent } from '@ashlar/domain'
import { EventSourcedAggregate, EventSourcedRepository } from '@ashlar/event-sourcing'
import { createContext, type UnitOfWork } from '@ashlar/kernel'
import { InMemoryStorage } from '@ashlar/memory'
import { ok } from '@ashlar/result'
import { SqliteStorage } from '@ashlar/sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'

type CounterEvent = DomainEvent<'Counted', { by: number }> | DomainEvent<'Reset', { to: number }>

class Counter extends EventSourcedAggregate<CounterEvent> {
  static readonly category = 'counter'
  total = 0

  count(by: number): void {
    this.raise('Counted', { by })
  }

  protected apply(event: CounterEvent): void {
    switch (event.type) {
      case 'Counted':
        this.total += event.data.by
        return
      case 'Reset':
        this.total = event.data.to
        return
      default:
        return unknownEvent(event)
    }
  }
}

async function openFile(): Promise<SqliteStorage> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-updates-'))
  const storage = await SqliteStorage.open({ path: join(folder, 'counters.db'), synchronous: 'normal' })
  onTestFinished(async () => {
    await storage.close()
    await rm(folder, { recursive: true })
  })
  return storage
}

const storages: readonly (readonly [string, () => Promise<SqliteStorage | InMemoryStorage>])[] = [
  ['InMemoryStorage', async () => new InMemoryStorage()],
  ['SqliteStorage', openFile],
]

describe.each(storages)('updates of one aggregate on %s', (_name, open) => {
  const context = createContext()

  async function begin() {
    const storage: Pick<SqliteStorage, 'events'> & UnitOfWork = await open()
    const counters = new EventSourcedRepository(Counter, storage.events)
    const counter = new Counter('1')
    counter.count(1)
    expect((await counters.save(counter, context)).isOk()).toBe(true)
    const countOne = (within = context) => counters.update('1', (loaded) => ok(loaded.count(1)), within)
    const total = async () => (await counters.get('1', context))._unsafeUnwrap().total
    return { storage, countOne, total }
  }

  it('all succeed, however many come at once', async () => {
    const { countOne, total } = await begin()

    const counted = await Promise.all(Array.from({ length: 64 }, () => countOne()))

    expect(counted.filter((result) => result.isErr())).toEqual([])
    expect(await total()).toBe(65)
  })

  it('go on inside of a transaction while one outside waits for it', async () => {
    const { storage, countOne, total } = await begin()
    const entered = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()

    const running = storage.transaction(async (tx) => {
      entered.resolve()
      await gate.promise
      return countOne(createContext({ storage: tx }))
    })
    await entered.promise
    const waiting = countOne()
    gate.resolve()
    const counted = await Promise.all([running, waiting])

    expect(counted.every((result) => result.isOk())).toBe(true)
    expect(await total()).toBe(3)
  })

  it('are refused outside of the transaction from its inside, even behind one that waits for it', async () => {
    const { storage, countOne, total } = await begin()
    const entered = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()

    const running = storage.transaction(async () => {
      entered.resolve()
      await gate.promise
      return countOne()
    })
    await entered.promise
    const waiting = countOne()
    gate.resolve()

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
    expect((await waiting).isOk()).toBe(true)
    expect(await total()).toBe(2)
  })
})
