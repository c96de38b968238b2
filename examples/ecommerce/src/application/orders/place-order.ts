import {
  type AggregateNotFound,
  type AlreadyExists,
  aggregateNotFound,
  type CurrencyMismatch,
  type MoneyOverflow,
  type VersionConflict,
} from '@ashlar/domain'
import type { SaveFailure } from '@ashlar/event-sourcing'
import type { Clock } from '@ashlar/kernel'
import { Command, type Handler } from '@ashlar/mediator'
import { err, ok } from '@ashlar/result'
import * as v from 'valibot'
import type { CartEmpty, CartId, CartNotOpen, ShoppingCart } from '../../domain/carts/shopping-cart.ts'
import { UnitPrice } from '../../domain/catalogue/unit-price.ts'
import type { CreditLimitExceeded, CustomerId, CustomerInactive } from '../../domain/customers/customer.ts'
import { Order, type OrderId, type OrderLine } from '../../domain/orders/order.ts'
import { card, type PaymentMethod } from '../../domain/orders/payment-method.ts'
import type { Carts } from '../carts/carts.ts'
import type { Customers } from '../customers/customers.ts'
import { type Exposures, type Flags, flagContextOf } from '../flags/shop-flags.ts'
import type { Fulfilment } from '../fulfilment/fulfilment.ts'
import { id } from '../id-schema.ts'
import { idempotencyKey } from '../idempotency-key-schema.ts'
import { type OrderView, orderView } from './order-view.ts'
import type { Orders } from './orders.ts'
import {
  type PaymentMethods,
  type PaymentMethodUnavailable,
  paymentMethod,
  paymentMethodUnavailable,
} from './payment-method.ts'

const input = v.strictObject({
  customerId: id<'Customer'>(),
  cartId: id<'Cart'>(),
  payment: v.exactOptional(paymentMethod),
  idempotencyKey,
})

type PlaceOrderFailure =
  | AggregateNotFound
  | CartNotOpen
  | CartEmpty
  | PaymentMethodUnavailable
  | CustomerInactive
  | CreditLimitExceeded
  | CurrencyMismatch
  | MoneyOverflow
  | AlreadyExists
  | VersionConflict
  | SaveFailure

export class PlaceOrder extends Command<OrderView, PlaceOrderFailure> {
  static readonly type = 'PlaceOrder'
  static readonly schema = input
  readonly type = 'PlaceOrder'
  readonly customerId: CustomerId
  readonly cartId: CartId
  readonly idempotencyKey: string
  /** By card unless told; kept as it came, so that a key from before there was a choice still fits. */
  readonly payment: PaymentMethod | undefined
  /** For orders of the past that are brought in; nobody outside can say it. ISO-8601, UTC. */
  readonly placedAt: string | undefined

  constructor(data: v.InferOutput<typeof input>, placedAt?: string) {
    super()
    this.customerId = data.customerId
    this.cartId = data.cartId
    this.idempotencyKey = data.idempotencyKey
    this.payment = data.payment
    this.placedAt = placedAt
  }
}

type Ports = {
  readonly carts: Carts
  readonly customers: Customers
  readonly orders: Orders
  readonly fulfilment: Fulfilment
  readonly paymentMethods: PaymentMethods
  readonly flags: Flags
  readonly exposures: Exposures
  readonly clock: Clock
}

/** The same customer and key are never two orders, not even when nobody remembers the first answer any more. */
export function orderIdOf(customerId: CustomerId, idempotencyKey: string): OrderId {
  return `${customerId}.${idempotencyKey}` as OrderId
}

/**
 * Checks the cart out, holds the credit, stores the order and starts its fulfilment, all in one transaction.
 *
 * What flags decide is decided here, once, by one revision, and stays with the order; orders of the past ask none. Who is
 * counted for a test and then not served, for the commit failed, is told and counted the same at the next attempt.
 */
export const placeOrder =
  ({
    carts,
    customers,
    orders,
    fulfilment,
    paymentMethods,
    flags,
    exposures,
    clock,
  }: Ports): Handler<PlaceOrder> =>
  async (command, context) => {
    const { customerId, cartId, payment = card } = command
    const orderId = orderIdOf(customerId, command.idempotencyKey)
    const cart = await carts.get(cartId, context)
    if (cart.isErr() || !cart.value.belongsTo(customerId))
      return err(aggregateNotFound('ShoppingCart', cartId))
    const checkedOut = cart.value.checkOut(orderId)
    if (checkedOut.isErr()) return err(checkedOut.error)

    const customer = await customers.get(customerId, context)
    if (customer.isErr()) return err(customer.error)
    const told = command.placedAt === undefined ? flags.snapshot() : undefined
    const about = flagContextOf(customer.value)
    if (told !== undefined) {
      const isOffered = payment === card ? told.enabled('pay-by-card', about) : paymentMethods.offers(payment)
      if (!isOffered) return err(paymentMethodUnavailable(payment))
    }
    const total = UnitPrice.total(cart.value.lines)
    const reserved = total.andThen((value) => customer.value.reserveCredit(value))
    if (total.isErr() || reserved.isErr())
      return err(total.isErr() ? total.error : reserved._unsafeUnwrapErr())

    const shipping = told?.details('express-shipping', about)
    const order = Order.place({
      id: orderId,
      customerId,
      cartId,
      lines: linesOf(cart.value),
      total: total.value,
      shipping: shipping?.value ?? 'standard',
      payment,
      placedAt: command.placedAt ?? clock.now().toISOString(),
    })
    const saved = [
      await carts.save(cart.value, context),
      await customers.save(customer.value, context),
      await orders.add(order, context),
    ]
    for (const result of saved) if (result.isErr()) return err(result.error)
    await fulfilment.start(order, customer.value, context)
    if (shipping !== undefined) exposures.record('express-shipping', shipping, about)
    return ok(orderView(order))
  }

function linesOf(cart: ShoppingCart): readonly OrderLine[] {
  return cart.lines.map(({ sku, name, quantity, unitPrice }) => ({
    sku,
    name,
    quantity,
    unitPrice: String(unitPrice),
  }))
}
