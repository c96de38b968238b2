import {
  type AggregateMeta,
  AggregateRoot,
  type DomainEvent,
  type Id,
  Money,
  type MoneyJson,
} from '@ashlar/domain'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { CartId } from '../carts/shopping-cart.ts'
import type { Sku } from '../catalogue/product.ts'
import type { CustomerId } from '../customers/customer.ts'
import { allowedMoves, type OrderStatus } from './order-status.ts'
import { card, type PaymentMethod } from './payment-method.ts'
import type { ShippingService } from './shipping-service.ts'

export type OrderId = Id<'Order'>

export type OrderLine = {
  readonly sku: Sku
  readonly name: string
  readonly quantity: number
  readonly unitPrice: string
}

export type OrderEvent =
  | DomainEvent<
      'OrderPlaced',
      {
        orderId: string
        customerId: string
        cartId: string
        total: MoneyJson
        shipping: ShippingService
        /** Events from before there was a choice have none, and mean `card`. */
        payment?: PaymentMethod
        placedAt: string
      }
    >
  | DomainEvent<'OrderCompleted', { orderId: string }>
  | DomainEvent<'OrderCancelled', { orderId: string; reason: string }>

export type OrderMoveRefused = Failure<
  'OrderMoveRefused',
  { readonly orderId: OrderId; readonly from: OrderStatus; readonly to: OrderStatus }
>

export type OrderState = {
  readonly id: OrderId
  readonly customerId: CustomerId
  readonly cartId: CartId
  readonly lines: readonly OrderLine[]
  readonly total: MoneyJson
  /** As it was promised when the order was placed. */
  readonly shipping: ShippingService
  readonly payment: PaymentMethod
  readonly placedAt: string
  readonly status: OrderStatus
}

type Purchase = Omit<OrderState, 'status' | 'total'> & { readonly total: Money }

/** States from before there was a choice have no method. */
type StoredOrder = Omit<OrderState, 'payment'> & Partial<Pick<OrderState, 'payment'>>

/** What a customer bought. */
export class Order extends AggregateRoot<OrderId, OrderEvent> {
  readonly customerId: CustomerId
  readonly cartId: CartId
  readonly lines: readonly OrderLine[]
  readonly total: Money
  readonly shipping: ShippingService
  readonly payment: PaymentMethod
  readonly placedAt: string
  #status: OrderStatus = 'placed'

  private constructor(purchase: Purchase, meta?: AggregateMeta) {
    super(purchase.id, meta)
    this.customerId = purchase.customerId
    this.cartId = purchase.cartId
    this.lines = purchase.lines
    this.total = purchase.total
    this.shipping = purchase.shipping
    this.payment = purchase.payment
    this.placedAt = purchase.placedAt
  }

  static place(purchase: Purchase): Order {
    const order = new Order(purchase)
    const { id: orderId, customerId, cartId, shipping, payment, placedAt } = purchase
    const total = purchase.total.toJson()
    order.addDomainEvent('OrderPlaced', { orderId, customerId, cartId, total, shipping, payment, placedAt })
    return order
  }

  static restore(state: StoredOrder, meta: AggregateMeta): Order {
    const total = Money.fromJson(state.total)._unsafeUnwrap()
    const order = new Order({ ...state, payment: state.payment ?? card, total }, meta)
    order.#status = state.status
    return order
  }

  get status(): OrderStatus {
    return this.#status
  }

  complete(): Result<void, OrderMoveRefused> {
    return this.#moveTo('completed').map(() => this.addDomainEvent('OrderCompleted', { orderId: this.id }))
  }

  cancel(reason: string): Result<void, OrderMoveRefused> {
    return this.#moveTo('cancelled').map(() =>
      this.addDomainEvent('OrderCancelled', { orderId: this.id, reason }),
    )
  }

  toState(): OrderState {
    const { id, customerId, cartId, lines, shipping, payment, placedAt } = this
    const total = this.total.toJson()
    return { id, customerId, cartId, lines, total, shipping, payment, placedAt, status: this.#status }
  }

  #moveTo(to: OrderStatus): Result<void, OrderMoveRefused> {
    const from = this.#status
    if (!allowedMoves[from].includes(to))
      return err(
        failure('OrderMoveRefused', `order "${this.id}" is ${from} and can't become ${to}`, {
          orderId: this.id,
          from,
          to,
        }),
      )
    this.#status = to
    return ok()
  }
}
