import { type AggregateMeta, AggregateRoot, type DomainEvent, type Id } from '@ashlar/domain'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { Sku } from '../catalogue/product.ts'

/** The key under which stock was asked for; asking again under the same key is the same reservation. */
export type ReservationId = Id<'Reservation'>
export type ReservationStatus = 'held' | 'released' | 'sold'
export type ReservedLine = { readonly sku: Sku; readonly quantity: number }

export type ReservationReleased = Failure<'ReservationReleased', { readonly reservationId: ReservationId }>

/** The key belongs to a reservation of something else. */
export type ReservationDiffers = Failure<'ReservationDiffers', { readonly reservationId: ReservationId }>

export type ReservationState = {
  readonly id: ReservationId
  readonly lines: readonly ReservedLine[]
  readonly status: ReservationStatus
}

/** Stock that is held for one order: all of its lines or none. */
export class Reservation extends AggregateRoot<ReservationId, DomainEvent> {
  readonly lines: readonly ReservedLine[]
  #status: ReservationStatus

  private constructor(state: ReservationState, meta?: AggregateMeta) {
    super(state.id, meta)
    this.lines = state.lines
    this.#status = state.status
  }

  static hold(id: ReservationId, lines: readonly ReservedLine[]): Reservation {
    return new Reservation({ id, lines, status: 'held' })
  }

  /** Stands in for a reservation that was given up before it was made, so that a late request finds it released. */
  static forestall(id: ReservationId): Reservation {
    return new Reservation({ id, lines: [], status: 'released' })
  }

  static restore(state: ReservationState, meta: AggregateMeta): Reservation {
    return new Reservation(state, meta)
  }

  get status(): ReservationStatus {
    return this.#status
  }

  /** Whether it was made for these lines, in their order. */
  isFor(lines: readonly ReservedLine[]): boolean {
    return (
      lines.length === this.lines.length &&
      lines.every(({ sku, quantity }, at) => {
        const held = this.lines[at]
        return held?.sku === sku && held.quantity === quantity
      })
    )
  }

  /** Ends the holding; false when it had ended before. What was released is not there to be sold. */
  end(status: 'released' | 'sold'): Result<boolean, ReservationReleased> {
    if (this.#status === 'held') {
      this.#status = status
      return ok(true)
    }
    return status === 'sold' && this.#status === 'released' ? err(this.released()) : ok(false)
  }

  released(): ReservationReleased {
    return failure('ReservationReleased', `reservation "${this.id}" was released`, { reservationId: this.id })
  }

  differs(): ReservationDiffers {
    return failure('ReservationDiffers', `reservation "${this.id}" was made for other lines`, {
      reservationId: this.id,
    })
  }

  toState(): ReservationState {
    return { id: this.id, lines: this.lines, status: this.#status }
  }
}
