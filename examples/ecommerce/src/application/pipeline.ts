import type { Clock, Context, Logger } from '@ashlar/kernel'
import {
  type Behaviour,
  type IdempotencyStore,
  idempotency,
  idempotent,
  logging,
  MediatorBuilder,
  retryOnConflict,
  type TransactionalStorage,
  timeout,
  transaction,
} from '@ashlar/mediator'
import { AddItem } from './carts/add-item.ts'
import { ChangeQuantity } from './carts/change-quantity.ts'
import { OpenCart } from './carts/open-cart.ts'
import { RemoveItem } from './carts/remove-item.ts'
import { RegisterCustomer } from './customers/register-customer.ts'
import { SuspendCustomer } from './customers/suspend-customer.ts'
import { EndReservation } from './inventory/end-reservation.ts'
import { ReceiveStock } from './inventory/receive-stock.ts'
import { ReserveStock } from './inventory/reserve-stock.ts'
import { CancelOrder } from './orders/cancel-order.ts'
import { CompleteOrder } from './orders/complete-order.ts'
import { PlaceOrder } from './orders/place-order.ts'

type Ports = {
  readonly unitOfWork: TransactionalStorage
  readonly idempotency: IdempotencyStore
  readonly clock: Clock
  readonly logger: Logger
  /** How long the price list may take. */
  readonly catalogueTimeoutMs: number
}

/** What all messages go through, the outermost first. */
export const pipeline = ({ unitOfWork, idempotency: keys, clock, logger, catalogueTimeoutMs }: Ports) =>
  new MediatorBuilder()
    .use(logging(logger, { clock, fields: true }))
    .use(retryOnConflict(repeatable))
    .use(transaction(unitOfWork, { except: atomicByThemselves }))
    .use(transactionOfKey(unitOfWork))
    .use(timeout({ ms: catalogueTimeoutMs, only: [AddItem] }))
    .use(idempotency(keys, idempotentByKey, { clock }))

/** Commands that load all they decide on, so that another attempt decides anew. */
const repeatable = [
  PlaceOrder,
  CompleteOrder,
  CancelOrder,
  ReserveStock,
  EndReservation,
  ReceiveStock,
  SuspendCustomer,
]

/** Commands that write one stream, by one append that is atomic in itself; many of them share one commit. */
const atomicByThemselves = [OpenCart, AddItem, ChangeQuantity, RemoveItem]

/** A key belongs to whoever made it: a customer's, a cart's. No part of it but the end has a dot. */
const idempotentByKey = [
  idempotent(RegisterCustomer, ({ idempotencyKey }) => idempotencyKey),
  idempotent(OpenCart, ({ customerId, idempotencyKey }) => keyOf(customerId, idempotencyKey)),
  idempotent(AddItem, ({ cartId, idempotencyKey }) => keyOf(cartId, idempotencyKey)),
  idempotent(PlaceOrder, ({ customerId, idempotencyKey }) => keyOf(customerId, idempotencyKey)),
  idempotent(ReceiveStock, ({ idempotencyKey }) => idempotencyKey),
]

function keyOf(owner: string, key: string | undefined): string | undefined {
  return key === undefined ? undefined : `${owner}.${key}`
}

/** What is atomic by itself is so no more when it comes with a key, whose answer is kept in the same commit. */
function transactionOfKey(storage: TransactionalStorage): Behaviour<'command'> {
  const inTransaction = transaction(storage)
  return {
    ...inTransaction,
    name: 'transactionOfKey',
    types: new Set(atomicByThemselves.map(({ type }) => type)),
    handle: (message, context: Context, next) =>
      'idempotencyKey' in message && message.idempotencyKey !== undefined
        ? inTransaction.handle(message, context, next)
        : next(message, context),
  }
}
