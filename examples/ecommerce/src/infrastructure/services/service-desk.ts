import type { Logger } from '@ashlar/kernel'
import type { FailsOf } from '@ashlar/mediator'
import {
  type ServiceClient,
  ServiceDiscovery,
  type ServiceRegistry,
  standard,
} from '@ashlar/service-discovery'
import type { PaymentDeclined, Payments, RefundDeclined } from '../../application/fulfilment/payments.ts'
import type { Warehouse } from '../../application/fulfilment/warehouse.ts'
import type { EndReservation } from '../../application/inventory/end-reservation.ts'
import type { ReserveStock } from '../../application/inventory/reserve-stock.ts'
import { charged, done, paths, reserved } from './messages.ts'
import { askService } from './service-request.ts'

/** One attempt ends in time for another one within a step of fulfilment. */
const resilience = standard({
  totalTimeoutMs: 1_800,
  attemptTimeoutMs: 700,
  retryDelayMs: 20,
  breakerOpenMs: 1_000,
})

/** Inventory and payments that run as processes of their own. */
export class ServiceDesk {
  readonly warehouse: Warehouse
  readonly payments: Payments
  readonly #discovery: ServiceDiscovery

  private constructor(discovery: ServiceDiscovery) {
    this.#discovery = discovery
    this.warehouse = remoteWarehouse(discovery.serviceClient('inventory'))
    this.payments = remotePayments(discovery.serviceClient('payments'))
  }

  static open(registry: ServiceRegistry, logger: Logger): ServiceDesk {
    return new ServiceDesk(new ServiceDiscovery({ registry, resilience, logger }))
  }

  async close(): Promise<void> {
    await this.#discovery.close()
  }
}

/** What a reservation is refused for; the rest is trouble, and asked for again. */
type Refusal<Message, Type> = Extract<Message, { readonly type: Type }>
type ReserveRefusal = Refusal<
  FailsOf<ReserveStock>,
  'OutOfStock' | 'ReservationReleased' | 'ReservationDiffers' | 'AggregateNotFound'
>
type EndRefusal = Refusal<FailsOf<EndReservation>, 'ReservationReleased' | 'AggregateNotFound'>

function remoteWarehouse(inventory: ServiceClient): Warehouse {
  return {
    async reserve(id, lines, { correlationId, signal }) {
      const answer = await askService<typeof reserved, ReserveRefusal>(inventory, {
        path: paths.reservation(id),
        body: { lines },
        answer: reserved,
        refusals: ['OutOfStock', 'ReservationReleased', 'ReservationDiffers', 'AggregateNotFound'],
        correlationId,
        signal,
      })
      return answer.map(() => ({ reservationId: id }))
    },
    async end(id, as, { correlationId, signal }) {
      const answer = await askService<typeof done, EndRefusal>(inventory, {
        path: paths.reservationEnd(id),
        body: { as },
        answer: done,
        refusals: ['ReservationReleased', 'AggregateNotFound'],
        correlationId,
        signal,
      })
      return answer.map(() => undefined)
    },
  }
}

function remotePayments(payments: ServiceClient): Payments {
  return {
    charge: (charge, key, signal) =>
      askService<typeof charged, PaymentDeclined>(payments, {
        path: paths.charge(key),
        body: charge,
        answer: charged,
        refusals: ['PaymentDeclined'],
        signal,
      }),
    async refund(refund, key, signal) {
      const answer = await askService<typeof done, RefundDeclined>(payments, {
        path: paths.refund(key),
        body: refund,
        answer: done,
        refusals: ['RefundDeclined'],
        signal,
      })
      return answer.map(() => undefined)
    },
  }
}
