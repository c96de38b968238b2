import type { Context } from '@ashlar/kernel'
import type { FailsOf, ValueOf } from '@ashlar/mediator'
import type { Result } from '@ashlar/result'
import type { ReservationId, ReservedLine } from '../../domain/inventory/reservation.ts'
import type { EndReservation } from '../inventory/end-reservation.ts'
import type { ReserveStock } from '../inventory/reserve-stock.ts'
import type { PipelineFailure } from '../pipeline-failure.ts'

/** What is on the shelves, in this process or another; the same reservation is the same request. */
export interface Warehouse {
  /** Holds all lines or none. */
  reserve(
    id: ReservationId,
    lines: readonly ReservedLine[],
    context: Context,
  ): Promise<Result<ValueOf<ReserveStock>, FailsOf<ReserveStock> | PipelineFailure>>
  /** Gives held stock back, or hands it over as sold. */
  end(
    id: ReservationId,
    as: 'released' | 'sold',
    context: Context,
  ): Promise<Result<void, FailsOf<EndReservation> | PipelineFailure>>
}
