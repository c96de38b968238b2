import { type AggregateNotFound, newId } from '@ashlar/domain'
import type { SaveFailure } from '@ashlar/event-sourcing'
import type { IdGenerator } from '@ashlar/kernel'
import { Command, type Handler } from '@ashlar/mediator'
import { err } from '@ashlar/result'
import * as v from 'valibot'
import { type CartId, ShoppingCart } from '../../domain/carts/shopping-cart.ts'
import type { CustomerId } from '../../domain/customers/customer.ts'
import type { Customers } from '../customers/customers.ts'
import { id } from '../id-schema.ts'
import { idempotencyKey } from '../idempotency-key-schema.ts'
import type { Carts } from './carts.ts'

const input = v.strictObject({ customerId: id<'Customer'>(), idempotencyKey: v.optional(idempotencyKey) })

export class OpenCart extends Command<{ cartId: CartId }, AggregateNotFound | SaveFailure> {
  static readonly type = 'OpenCart'
  static readonly schema = input
  readonly type = 'OpenCart'
  readonly customerId: CustomerId
  readonly idempotencyKey: string | undefined

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.customerId = data.customerId
    this.idempotencyKey = data.idempotencyKey
  }
}

type Ports = { readonly carts: Carts; readonly customers: Customers; readonly ids: IdGenerator }

export const openCart =
  ({ carts, customers, ids }: Ports): Handler<OpenCart> =>
  async ({ customerId }, context) => {
    const customer = await customers.get(customerId, context)
    if (customer.isErr()) return err(customer.error)
    const cart = ShoppingCart.open(newId<'Cart'>(ids), customerId)
    return (await carts.save(cart, context)).map(() => ({ cartId: cart.id }))
  }
