import type { AggregateMeta, Repository } from '@ashlar/domain'
import { KyselyRepository } from '@ashlar/kysely'
import {
  Reservation,
  type ReservationId,
  type ReservationStatus,
} from '../../domain/inventory/reservation.ts'
import { StockItem, type StockItemId } from '../../domain/inventory/stock-item.ts'
import type { RowOptions } from './row-options.ts'

type StockRow = { readonly id: StockItemId; readonly available: number; readonly reserved: number }

type ReservationRow = {
  readonly id: ReservationId
  /** JSON. */
  readonly lines: string
  readonly status: ReservationStatus
}

/** What there is on the shelves, as rows. */
export function stockItemsOn(options: RowOptions<StockItem>): Repository<StockItem> {
  const rows = new KyselyRepository({
    ...options,
    table: 'stock_items',
    name: 'StockItem',
    toRow: ({ id, available, reserved }: StockItem): StockRow => ({ id, available, reserved }),
    restore: (row: StockRow, meta: AggregateMeta) => StockItem.restore({ ...row, sku: row.id }, meta),
  })
  return rows
}

/** What is held for orders, as rows. */
export function reservationsOn(options: RowOptions<Reservation>): Repository<Reservation> {
  const rows = new KyselyRepository({
    ...options,
    table: 'reservations',
    name: 'Reservation',
    toRow: ({ id, lines, status }: Reservation): ReservationRow => ({
      id,
      lines: JSON.stringify(lines),
      status,
    }),
    restore: ({ lines, ...row }: ReservationRow, meta: AggregateMeta) =>
      Reservation.restore({ ...row, lines: JSON.parse(lines) }, meta),
  })
  return rows
}
