import { join } from 'node:path'
import { Money, newId } from '@ashlar/domain'
import { repositoryContract } from '@ashlar/domain/testing'
import { type Context, createContext, portOf, systemClock } from '@ashlar/kernel'
import { KyselyUnitOfWork } from '@ashlar/kysely'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { type SqlitePorts, SqliteStorage } from '@ashlar/sqlite'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { Reservation, type ReservationId } from '../../domain/inventory/reservation.ts'
import { StockItem } from '../../domain/inventory/stock-item.ts'
import { Order, type OrderId } from '../../domain/orders/order.ts'
import { ordersOn } from './order-table.ts'
import { createTables } from './schema.ts'
import { reservationsOn, stockItemsOn } from './stock-tables.ts'

const context = createContext({ userId: 'ada' })
const folder = temporaryFolder()

repositoryContract<StockItem>('The table of stock items', async (options) => {
  const { storage, repository } = await open(options)
  return {
    repository,
    newAggregate: received,
    change: (item) => item.receive(1),
    stateOf: (item) => item.toState(),
    close: () => storage.close(),
  }
})

describe('The table of stock items', () => {
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

describe('The other tables', () => {
  it('give orders back as they went', async () => {
    const { storage, orders } = await open()
    const order = Order.place({
      id: "order-1'; --" as OrderId,
      customerId: newId(),
      cartId: newId(),
      lines: [{ sku: 'SEED-6', name: 'Seed, "new"\nharvest \u{1F331}', quantity: 3, unitPrice: '0.125' }],
      total: Money.ofMinor(9_007_199_254_740_991n, 'GBP'),
      shipping: 'express',
      payment: 'points',
      placedAt: '2024-05-09T07:00:00.000Z',
    })
    await orThrow(orders.add(order, context))
    expect(order.complete().isOk()).toBe(true)
    await orThrow(orders.save(order, context))

    const kept = (await orThrow(orders.get(order.id, context))).value

    expect(kept.toState()).toEqual(order.toState())
    expect([kept.version, kept.createdBy, kept.status]).toEqual([2, 'ada', 'completed'])
    await storage.close()
  })

  it('give reservations back as they went', async () => {
    const { storage, reservations } = await open()
    const held = Reservation.hold('order-1/inventory/run' as ReservationId, [{ sku: 'TEA', quantity: 2 }])

    await orThrow(reservations.add(held, context))

    expect((await orThrow(reservations.get(held.id, context))).value.toState()).toEqual(held.toState())
    await storage.close()
  })
})

async function open(options: object = {}) {
  const path = join(folder(), 'shop.db')
  const storage = await SqliteStorage.open({ path, synchronous: 'normal' })
  await createTables(storage, path)
  const unitOfWork = KyselyUnitOfWork.over<unknown, SqlitePorts>(storage, 'sqlite')
  const common = { unitOfWork, clock: systemClock, ...options }
  return {
    storage,
    repository: stockItemsOn(common),
    orders: ordersOn(common),
    reservations: reservationsOn(common),
  }
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
