import type { AggregateNotFound } from '@ashlar/domain'
import { type Handler, Query } from '@ashlar/mediator'
import * as v from 'valibot'
import type { OrderId } from '../../domain/orders/order.ts'
import { id } from '../id-schema.ts'
import { type OrderView, orderView } from './order-view.ts'
import type { Orders } from './orders.ts'

const input = v.strictObject({ orderId: id<'Order'>() })

export class GetOrder extends Query<OrderView, AggregateNotFound> {
  static readonly type = 'GetOrder'
  static readonly schema = input
  readonly type = 'GetOrder'
  readonly orderId: OrderId

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.orderId = data.orderId
  }
}

export const getOrder =
  ({ orders }: { readonly orders: Orders }): Handler<GetOrder> =>
  async ({ orderId }, context) =>
    (await orders.get(orderId, context)).map(orderView)
