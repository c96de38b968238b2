import type { Context } from '@ashlar/kernel'
import type { Customer } from '../../domain/customers/customer.ts'
import type { Order } from '../../domain/orders/order.ts'

/** Sees to it that what was ordered is paid for and arrives; starts within the transaction that places the order. */
export interface Fulfilment {
  start(order: Order, customer: Customer, context: Context): Promise<void>
}
