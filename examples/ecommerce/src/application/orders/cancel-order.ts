import type { AggregateNotFound, CurrencyMismatch, MoneyOverflow, VersionConflict } from '@ashlar/domain'
import { Command, type Handler } from '@ashlar/mediator'
import { err, ok } from '@ashlar/result'
import type { OrderId, OrderMoveRefused } from '../../domain/orders/order.ts'
import type { Customers } from '../customers/customers.ts'
import type { Orders } from './orders.ts'

type CancelOrderFailure =
  | AggregateNotFound
  | OrderMoveRefused
  | VersionConflict
  | CurrencyMismatch
  | MoneyOverflow

/** Sent by fulfilment, when it has undone all else; it takes no input from outside. */
export class CancelOrder extends Command<void, CancelOrderFailure> {
  static readonly type = 'CancelOrder'
  readonly type = 'CancelOrder'
  readonly orderId: OrderId
  readonly reason: string

  constructor(data: { readonly orderId: OrderId; readonly reason: string }) {
    super()
    this.orderId = data.orderId
    this.reason = data.reason
  }
}

type Ports = { readonly orders: Orders; readonly customers: Customers }

/** Cancels the order and frees its credit; asking again changes nothing. */
export const cancelOrder =
  ({ orders, customers }: Ports): Handler<CancelOrder> =>
  async ({ orderId, reason }, context) => {
    const order = await orders.get(orderId, context)
    if (order.isErr()) return err(order.error)
    if (order.value.status === 'cancelled') return ok()
    const customer = await customers.get(order.value.customerId, context)
    if (customer.isErr()) return err(customer.error)

    const cancelled = order.value.cancel(reason)
    if (cancelled.isErr()) return err(cancelled.error)
    const released = customer.value.releaseCredit(order.value.total)
    if (released.isErr()) return err(released.error)
    const saved = [await orders.save(order.value, context), await customers.save(customer.value, context)]
    for (const result of saved) if (result.isErr()) return err(result.error)
    return ok()
  }
