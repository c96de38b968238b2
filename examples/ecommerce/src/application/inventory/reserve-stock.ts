import type { AggregateNotFound, AlreadyExists, VersionConflict } from '@ashlar/domain'
import { Command, type Handler } from '@ashlar/mediator'
import { err, ok, type Result } from '@ashlar/result'
import {
  Reservation,
  type ReservationDiffers,
  type ReservationId,
  type ReservationReleased,
  type ReservedLine,
} from '../../domain/inventory/reservation.ts'
import { type OutOfStock, StockItem } from '../../domain/inventory/stock-item.ts'
import type { Reservations, StockItems } from './inventory.ts'

type ReserveStockFailure =
  | OutOfStock
  | ReservationReleased
  | ReservationDiffers
  | AggregateNotFound
  | AlreadyExists
  | VersionConflict

export class ReserveStock extends Command<{ reservationId: ReservationId }, ReserveStockFailure> {
  static readonly type = 'ReserveStock'
  readonly type = 'ReserveStock'
  readonly reservationId: ReservationId
  readonly lines: readonly ReservedLine[]

  constructor(reservationId: ReservationId, lines: readonly ReservedLine[]) {
    super()
    this.reservationId = reservationId
    this.lines = lines
  }
}

type Ports = { readonly stock: StockItems; readonly reservations: Reservations }

/**
 * Holds all lines or none; asking again under the same id changes nothing, and is refused after a release, or for other
 * lines.
 */
export const reserveStock =
  ({ stock, reservations }: Ports): Handler<ReserveStock> =>
  async ({ reservationId, lines }, context) => {
    const existing = await reservations.get(reservationId, context)
    const wanted = bySku(lines)
    if (existing.isOk()) return askedAgain(existing.value, wanted)

    for (const { sku, quantity } of wanted) {
      const item = await stock.get(StockItem.idOf(sku), context)
      const held = (item.isOk() ? item.value : StockItem.of(sku)).reserve(quantity)
      if (held.isErr()) return err(held.error)
      if (item.isErr()) return err(item.error)
      const saved = await stock.save(item.value, context)
      if (saved.isErr()) return err(saved.error)
    }
    const added = await reservations.add(Reservation.hold(reservationId, wanted), context)
    return added.map(() => ({ reservationId }))
  }

function askedAgain(
  reservation: Reservation,
  wanted: readonly ReservedLine[],
): Result<{ reservationId: ReservationId }, ReservationReleased | ReservationDiffers> {
  if (reservation.status === 'released') return err(reservation.released())
  return reservation.isFor(wanted) ? ok({ reservationId: reservation.id }) : err(reservation.differs())
}

/** One line for each product, in a fixed order. */
function bySku(lines: readonly ReservedLine[]): readonly ReservedLine[] {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([sku, quantity]) => ({ sku, quantity }))
}
