import { join } from 'node:path'
import { newId } from '@ashlar/domain'
import { repositoryContract } from '@ashlar/domain/testing'
import { type Context, createContext, portOf, systemClock } from '@ashlar/kernel'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { SqliteStorage } from '@ashlar/sqlite'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { StockItem } from '../../domain/inventory/stock-item.ts'
import { stockItemMapper } from '../mappers.ts'
import { createTables } from './schema.ts'
import { SqliteRepository } from './sqlite-repository.ts'

const context = createContext({ userId: 'ada' })
const folder = temporaryFolder()

repositoryContract<StockItem>('SqliteRepository', async (options) => {
  const { storage, repository } = await open(options)
  return {
    repository,
    newAggregate: received,
    change: (item) => item.receive(1),
    stateOf: (item) => item.toState(),
    close: () => storage.close(),
  }
})

describe('SqliteRepository', () => {
  it('writes in the transaction of the context, and is rolled back with it', async () => {
    const { storage, repository } = await open()
    const kept = received()
    await orThrow(repository.add(kept, context))
    const added = received()
    kept.receive(5)

    const rolledBack = await storage.transaction(async (tx) => {
      const within = { ...context, storage: tx }
      await orThrow(repository.add(added, within))
      await orThrow(repository.save(kept, within))
      expect((await repository.get(added.id, within)).isOk()).toBe(true)
      expect((await repository.get(added.id, context)).isErr()).toBe(true)
      return err(failure('NotToday', 'we are closed'))
    })

    expect(rolledBack.isErr()).toBe(true)
    expect((await repository.get(added.id, context))._unsafeUnwrapErr().type).toBe('AggregateNotFound')
    expect((await orThrow(repository.get(kept.id, context))).value).toMatchObject({
      available: 1,
      version: 1,
    })
    await storage.close()
  })

  it('leaves the aggregate as it was when the commit fails', async () => {
    const { storage, repository } = await open({ recordEvents: breakCommit })
    await makeCommitsBreakable(storage)
    const item = received()

    await expect(repository.add(item, context)).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_FAILED' })

    expect(item.version).toBe(0)
    expect(item.domainEvents).toHaveLength(1)
    expect((await repository.get(item.id, context)).isErr()).toBe(true)
    await storage.close()
  })

  it('stores what there was at the call, whatever the caller does while it waits', async () => {
    const { storage, repository } = await open()
    const item = received()

    const adding = repository.add(item, context)
    item.receive(5)
    await orThrow(adding)

    expect((await orThrow(repository.get(item.id, context))).value.available).toBe(1)
    expect(item.domainEvents).toEqual([{ type: 'StockReceived', data: { sku: item.sku, quantity: 5 } }])
    await storage.close()
  })

  it('has a second storage on the same file see what it wrote', async () => {
    const one = await open()
    const other = await open()
    const item = received()
    await orThrow(one.repository.add(item, context))

    const rival = (await orThrow(other.repository.get(item.id, context))).value
    rival.receive(1)
    item.receive(1)
    await orThrow(other.repository.save(rival, context))

    const late = await one.repository.save(item, context)
    expect(late._unsafeUnwrapErr()).toMatchObject({ type: 'VersionConflict', expected: 1, actual: 2 })
    await one.storage.close()
    await other.storage.close()
  })
})

async function open(options: object = {}) {
  const storage = await SqliteStorage.open({ path: join(folder(), 'shop.db'), synchronous: 'normal' })
  await createTables(storage)
  const repository = new SqliteRepository({
    storage,
    clock: systemClock,
    ...stockItemMapper,
    table: 'stock_items',
    ...options,
  })
  return { storage, repository }
}

/** A foreign key that is looked at when the transaction is committed, not before. */
async function makeCommitsBreakable(storage: SqliteStorage): Promise<void> {
  await orThrow(
    storage.transaction(async ({ connection }) => {
      connection.prepare('CREATE TABLE parents (id INTEGER PRIMARY KEY)').run([])
      connection
        .prepare('CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)')
        .run([])
      return ok()
    }),
  )
}

async function breakCommit(_: unknown, context: Context): Promise<void> {
  const connection = portOf(context, 'connection', undefined as never) as SqliteStorage['connection']
  connection.prepare('INSERT INTO children VALUES (1)').run([])
}

function received(): StockItem {
  const item = StockItem.of(newId())
  item.receive(1)
  return item
}
