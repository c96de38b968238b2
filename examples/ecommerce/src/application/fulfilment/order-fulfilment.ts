import type { MoneyJson } from '@ashlar/domain'
import type { Context } from '@ashlar/kernel'
import type { FailsOf, ValueOf } from '@ashlar/mediator'
import { ok, orThrow, type Result } from '@ashlar/result'
import { defineSaga } from '@ashlar/saga'
import type { AddressData } from '../../domain/customers/address.ts'
import type { ReservationId, ReservedLine } from '../../domain/inventory/reservation.ts'
import type { OrderId } from '../../domain/orders/order.ts'
import { card, type PaymentMethod } from '../../domain/orders/payment-method.ts'
import type { ShippingService } from '../../domain/orders/shipping-service.ts'
import { CancelOrder } from '../orders/cancel-order.ts'
import { CompleteOrder } from '../orders/complete-order.ts'
import type { PipelineFailure } from '../pipeline-failure.ts'
import type { Notifications } from './notifications.ts'
import type { Payments } from './payments.ts'
import type { Shipping } from './shipping.ts'
import type { Warehouse } from './warehouse.ts'

/** What fulfilment needs to know of an order. */
export type PlacedOrder = {
  readonly orderId: string
  readonly customerId: string
  readonly total: MoneyJson
  readonly lines: readonly ReservedLine[]
  readonly address: AddressData
  readonly shipping: ShippingService
  /** Fulfilments from before there was a choice have none, and mean `card`. */
  readonly payment?: PaymentMethod
}

type StepCommand = CancelOrder | CompleteOrder

/** The part of the mediator that the steps use. */
interface Dispatcher {
  send<M extends StepCommand>(
    command: M,
    context: Context,
  ): Promise<Result<ValueOf<M>, FailsOf<M> | PipelineFailure>>
}

type Ports = {
  readonly dispatcher: Dispatcher
  readonly warehouse: Warehouse
  readonly payments: Payments
  readonly shipping: Shipping
  readonly notifications: Notifications
  /** Whether stock and money are the business of other processes; false unless told. */
  readonly isDistributed?: boolean
}

/** Attempts come quickly after each other. */
const retry = { attempts: 4, firstDelayMs: 20, factor: 2, maxDelayMs: 500 }
/** Long enough for a plugin that has crashed to be started again. */
const distantRetry = { attempts: 8, firstDelayMs: 20, factor: 3, maxDelayMs: 1_000 }
/** What can't be undone waits for a person, so it is tried more often. */
const compensateRetry = { ...retry, attempts: 10 }
/** Other processes may all be away at a time: for five minutes at least, orders wait for them. */
const remoteRetry = { attempts: 600, firstDelayMs: 20, factor: 2, maxDelayMs: 1_000 }
const timeoutMs = 2_000

/**
 * Reserve inventory → process payment → create shipment → send notification.
 *
 * The first step holds the order itself, so that undoing everything ends with its cancellation; from the shipment on
 * there is no way back.
 */
export const orderFulfilment = ({
  dispatcher,
  warehouse,
  payments,
  shipping,
  notifications,
  isDistributed = false,
}: Ports) =>
  defineSaga<PlacedOrder>({ name: 'order-fulfilment', version: 1 })
    .step('order', {
      run: async () => ok(),
      compensate: ({ input, context }) =>
        dispatcher.send(
          new CancelOrder({ orderId: input.orderId as OrderId, reason: 'not fulfilled' }),
          context,
        ),
    })
    .step('inventory', {
      run: ({ input, key, context }) => warehouse.reserve(key as ReservationId, input.lines, context),
      compensate: ({ runKey, context }) => warehouse.end(runKey as ReservationId, 'released', context),
      retry: isDistributed ? remoteRetry : distantRetry,
      compensateRetry: isDistributed ? remoteRetry : compensateRetry,
      timeoutMs,
    })
    .step('payment', {
      run: ({ input: { orderId, customerId, total, payment: method = card }, key, context }) =>
        payments.charge({ orderId, customerId, amount: total, method }, key, context.signal),
      compensate: ({ input: { payment: method = card }, output, runKey, key, context }) =>
        payments.refund({ method, chargeKey: runKey, paymentId: output?.paymentId }, key, context.signal),
      retry: isDistributed ? remoteRetry : distantRetry,
      compensateRetry: isDistributed ? remoteRetry : compensateRetry,
      timeoutMs,
    })
    .pivot('shipment', {
      run: ({ input: { orderId, address, shipping: service }, key, context }) =>
        shipping.create({ orderId, address, service }, key, context.signal),
      retry,
      timeoutMs,
    })
    .retriable('completion', {
      run: async ({ input, state, context }) => {
        await orThrow(warehouse.end(state.inventory.reservationId, 'sold', context))
        const { tier } = (
          await orThrow(dispatcher.send(new CompleteOrder({ orderId: input.orderId as OrderId }), context))
        ).value
        return ok({ tier })
      },
      retry: isDistributed ? remoteRetry : retry,
    })
    .retriable('notification', {
      run: ({ input: { orderId, customerId }, key, context }) =>
        orThrow(
          notifications.send(
            { customerId, orderId, text: `Your order ${orderId} is on its way.` },
            key,
            context.signal,
          ),
        ),
      retry,
      timeoutMs,
    })
    .result(({ payment, shipment }) => ({
      paymentId: payment.paymentId,
      shipmentId: shipment.shipmentId,
    }))
