import { type AggregateMeta, Money, type Repository } from '@ashlar/domain'
import { KyselyRepository } from '@ashlar/kysely'
import type { CartId } from '../../domain/carts/shopping-cart.ts'
import type { CustomerId } from '../../domain/customers/customer.ts'
import { Order, type OrderId } from '../../domain/orders/order.ts'
import type { OrderStatus } from '../../domain/orders/order-status.ts'
import type { PaymentMethod } from '../../domain/orders/payment-method.ts'
import type { ShippingService } from '../../domain/orders/shipping-service.ts'
import type { RowOptions } from './row-options.ts'

type OrderRow = {
  readonly id: OrderId
  readonly customer_id: CustomerId
  readonly cart_id: CartId
  /** JSON. */
  readonly lines: string
  readonly currency: string
  readonly total_minor: bigint | number
  readonly shipping: ShippingService
  readonly placed_at: string
  readonly status: OrderStatus
  readonly payment: PaymentMethod
}

/** Orders as rows. */
export function ordersOn(options: RowOptions<Order>): Repository<Order> {
  const rows = new KyselyRepository({ ...options, table: 'orders', name: 'Order', toRow: rowOf, restore })
  return rows
}

function rowOf({
  id,
  customerId,
  cartId,
  lines,
  total,
  shipping,
  placedAt,
  status,
  payment,
}: Order): OrderRow {
  return {
    id,
    customer_id: customerId,
    cart_id: cartId,
    lines: JSON.stringify(lines),
    currency: total.currency,
    total_minor: total.minorUnits,
    shipping,
    placed_at: placedAt,
    status,
    payment,
  }
}

function restore(row: OrderRow, meta: AggregateMeta): Order {
  const { id, customer_id, cart_id, lines, currency, total_minor, shipping, placed_at, status, payment } = row
  return Order.restore(
    {
      id,
      customerId: customer_id,
      cartId: cart_id,
      lines: JSON.parse(lines),
      total: Money.ofMinor(BigInt(total_minor), currency as Money['currency']).toJson(),
      shipping,
      placedAt: placed_at,
      status,
      payment,
    },
    meta,
  )
}
