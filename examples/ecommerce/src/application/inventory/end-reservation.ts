import type { AggregateNotFound, AlreadyExists, VersionConflict } from '@ashlar/domain'
import { Command, type Handler } from '@ashlar/mediator'
import { err, ok } from '@ashlar/result'
import {
  Reservation,
  type ReservationId,
  type ReservationReleased,
} from '../../domain/inventory/reservation.ts'
import { StockItem } from '../../domain/inventory/stock-item.ts'
import type { Reservations, StockItems } from './inventory.ts'

type EndReservationFailure = ReservationReleased | AggregateNotFound | AlreadyExists | VersionConflict

/** Gives held stock back, or hands it over as sold. */
export class EndReservation extends Command<void, EndReservationFailure> {
  static readonly type = 'EndReservation'
  readonly type = 'EndReservation'
  readonly reservationId: ReservationId
  readonly as: 'released' | 'sold'

  constructor(reservationId: ReservationId, as: 'released' | 'sold') {
    super()
    this.reservationId = reservationId
    this.as = as
  }
}

type Ports = { readonly stock: StockItems; readonly reservations: Reservations }

/** Asking again changes nothing; a release that comes before its reservation forestalls it. */
export const endReservation =
  ({ stock, reservations }: Ports): Handler<EndReservation> =>
  async ({ reservationId, as }, context) => {
    const found = await reservations.get(reservationId, context)
    if (found.isErr())
      return as === 'sold'
        ? err(found.error)
        : reservations.add(Reservation.forestall(reservationId), context)
    const ended = found.value.end(as)
    if (ended.isErr()) return err(ended.error)
    if (!ended.value) return ok()

    for (const { sku, quantity } of found.value.lines) {
      const item = await stock.get(StockItem.idOf(sku), context)
      if (item.isErr()) return err(item.error)
      if (as === 'sold') item.value.sell(quantity)
      else item.value.release(quantity)
      const saved = await stock.save(item.value, context)
      if (saved.isErr()) return err(saved.error)
    }
    return reservations.save(found.value, context)
  }
