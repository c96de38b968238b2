import type { AggregateNotFound, CurrencyMismatch, MoneyOverflow, VersionConflict } from '@ashlar/domain'
import { Command, type Handler } from '@ashlar/mediator'
import { err, ok } from '@ashlar/result'
import type { Tier } from '../../domain/customers/tier.ts'
import type { OrderId, OrderMoveRefused } from '../../domain/orders/order.ts'
import type { Customers } from '../customers/customers.ts'
import type { Orders } from './orders.ts'

type CompleteOrderFailure =
  | AggregateNotFound
  | OrderMoveRefused
  | VersionConflict
  | CurrencyMismatch
  | MoneyOverflow

export type CompletedOrder = { readonly orderId: OrderId; readonly tier: Tier; readonly isUpgraded: boolean }

/** Sent by fulfilment, when the goods are on their way; it takes no input from outside. */
export class CompleteOrder extends Command<CompletedOrder, CompleteOrderFailure> {
  static readonly type = 'CompleteOrder'
  readonly type = 'CompleteOrder'
  readonly orderId: OrderId

  constructor(data: { readonly orderId: OrderId }) {
    super()
    this.orderId = data.orderId
  }
}

type Ports = { readonly orders: Orders; readonly customers: Customers }

/** Completes the order, frees its credit, and looks for a higher tier; asking again changes nothing. */
export const completeOrder =
  ({ orders, customers }: Ports): Handler<CompleteOrder> =>
  async ({ orderId }, context) => {
    const order = await orders.get(orderId, context)
    if (order.isErr()) return err(order.error)
    const customer = await customers.get(order.value.customerId, context)
    if (customer.isErr()) return err(customer.error)
    const before = customer.value.tier
    if (order.value.status === 'completed') return ok({ orderId, tier: before, isUpgraded: false })

    const completed = order.value.complete()
    if (completed.isErr()) return err(completed.error)
    const counted = customer.value.countCompletedOrder(order.value.total)
    if (counted.isErr()) return err(counted.error)
    const saved = [await orders.save(order.value, context), await customers.save(customer.value, context)]
    for (const result of saved) if (result.isErr()) return err(result.error)
    const { tier } = customer.value
    return ok({ orderId, tier, isUpgraded: tier !== before })
  }
