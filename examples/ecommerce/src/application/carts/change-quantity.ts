import type { AggregateNotFound } from '@ashlar/domain'
import type { SaveFailure } from '@ashlar/event-sourcing'
import { Command, type Handler } from '@ashlar/mediator'
import * as v from 'valibot'
import type { InvalidQuantity } from '../../domain/carts/quantity.ts'
import type { CartId, CartNotOpen, LineId, LineUnknown } from '../../domain/carts/shopping-cart.ts'
import { id } from '../id-schema.ts'
import type { Carts } from './carts.ts'

const input = v.strictObject({ cartId: id<'Cart'>(), lineId: id<'CartLine'>(), quantity: v.number() })

type ChangeQuantityFailure = CartNotOpen | LineUnknown | InvalidQuantity | AggregateNotFound | SaveFailure

export class ChangeQuantity extends Command<void, ChangeQuantityFailure> {
  static readonly type = 'ChangeQuantity'
  static readonly schema = input
  readonly type = 'ChangeQuantity'
  readonly cartId: CartId
  readonly lineId: LineId
  readonly quantity: number

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.cartId = data.cartId
    this.lineId = data.lineId
    this.quantity = data.quantity
  }
}

export const changeQuantity =
  ({ carts }: { readonly carts: Carts }): Handler<ChangeQuantity> =>
  ({ cartId, lineId, quantity }, context) =>
    carts.update(cartId, (cart) => cart.changeQuantity(lineId, quantity), context)
