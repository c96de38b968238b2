import type { Context } from '@ashlar/kernel'
import type { FailsOf, ValueOf } from '@ashlar/mediator'
import type { Result } from '@ashlar/result'
import type { Warehouse } from '../fulfilment/warehouse.ts'
import type { PipelineFailure } from '../pipeline-failure.ts'
import { EndReservation } from './end-reservation.ts'
import { ReserveStock } from './reserve-stock.ts'

/** The part of the mediator that is used here. */
interface Dispatcher {
  send<M extends ReserveStock | EndReservation>(
    command: M,
    context: Context,
  ): Promise<Result<ValueOf<M>, FailsOf<M> | PipelineFailure>>
}

/** The warehouse of this process. */
export function ownWarehouse(dispatcher: Dispatcher): Warehouse {
  return {
    reserve: (id, lines, context) => dispatcher.send(new ReserveStock(id, lines), context),
    end: (id, as, context) => dispatcher.send(new EndReservation(id, as), context),
  }
}
