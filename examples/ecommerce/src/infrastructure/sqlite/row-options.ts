import type { AggregateRoot, RecordEvents } from '@ashlar/domain'
import type { Clock } from '@ashlar/kernel'
import type { KyselyUnitOfWork } from '@ashlar/kysely'
import type { SqlitePorts } from '@ashlar/sqlite'

/** Transactions of the shop's file, and queries in them. */
export type ShopUnitOfWork = KyselyUnitOfWork<unknown, SqlitePorts>

/** What all tables of aggregates are told. */
export type RowOptions<Aggregate extends AggregateRoot> = {
  readonly unitOfWork: ShopUnitOfWork
  readonly clock: Clock
  readonly recordEvents?: RecordEvents<Aggregate['domainEvents'][number]>
}
