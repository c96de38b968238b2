import type { MoneyJson } from '@ashlar/domain'
import type { CartId } from '../../domain/carts/shopping-cart.ts'
import type { CustomerId } from '../../domain/customers/customer.ts'
import type { Order, OrderId } from '../../domain/orders/order.ts'
import type { OrderStatus } from '../../domain/orders/order-status.ts'
import type { PaymentMethod } from '../../domain/orders/payment-method.ts'
import type { ShippingService } from '../../domain/orders/shipping-service.ts'

/** An order as others see it. */
export type OrderView = {
  readonly orderId: OrderId
  readonly customerId: CustomerId
  readonly cartId: CartId
  readonly total: MoneyJson
  readonly shipping: ShippingService
  readonly payment: PaymentMethod
  readonly status: OrderStatus
  readonly placedAt: string
}

export function orderView(order: Order): OrderView {
  const { id: orderId, customerId, cartId, total, shipping, payment, status, placedAt } = order
  return { orderId, customerId, cartId, total: total.toJson(), shipping, payment, status, placedAt }
}
