import type { AggregateNotFound } from '@ashlar/domain'
import type { SaveFailure } from '@ashlar/event-sourcing'
import { Command, type Handler } from '@ashlar/mediator'
import * as v from 'valibot'
import type { CartId, CartNotOpen, LineId, LineUnknown } from '../../domain/carts/shopping-cart.ts'
import { id } from '../id-schema.ts'
import type { Carts } from './carts.ts'

const input = v.strictObject({ cartId: id<'Cart'>(), lineId: id<'CartLine'>() })

export class RemoveItem extends Command<void, CartNotOpen | LineUnknown | AggregateNotFound | SaveFailure> {
  static readonly type = 'RemoveItem'
  static readonly schema = input
  readonly type = 'RemoveItem'
  readonly cartId: CartId
  readonly lineId: LineId

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.cartId = data.cartId
    this.lineId = data.lineId
  }
}

export const removeItem =
  ({ carts }: { readonly carts: Carts }): Handler<RemoveItem> =>
  ({ cartId, lineId }, context) =>
    carts.update(cartId, (cart) => cart.removeItem(lineId), context)
