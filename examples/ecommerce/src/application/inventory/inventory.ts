import type { Repository } from '@ashlar/domain'
import type { Reservation } from '../../domain/inventory/reservation.ts'
import type { StockItem } from '../../domain/inventory/stock-item.ts'

/** Keeps what there is on the shelves. */
export type StockItems = Pick<Repository<StockItem>, 'get' | 'add' | 'save'>

/** Keeps what is held for orders. */
export type Reservations = Pick<Repository<Reservation>, 'get' | 'add' | 'save'>
