import { type AggregateNotFound, type CurrencyMismatch, newId } from '@ashlar/domain'
import type { SaveFailure } from '@ashlar/event-sourcing'
import type { IdGenerator } from '@ashlar/kernel'
import { Command, type Handler } from '@ashlar/mediator'
import { err } from '@ashlar/result'
import * as v from 'valibot'
import type { InvalidQuantity } from '../../domain/carts/quantity.ts'
import type { CartId, CartNotOpen, LineId, TooManyLines } from '../../domain/carts/shopping-cart.ts'
import type { ProductUnknown, Sku } from '../../domain/catalogue/product.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { id } from '../id-schema.ts'
import { idempotencyKey } from '../idempotency-key-schema.ts'
import type { Carts } from './carts.ts'

const input = v.strictObject({
  cartId: id<'Cart'>(),
  sku: id<'Sku'>(),
  quantity: v.number(),
  idempotencyKey: v.optional(idempotencyKey),
})

type AddItemFailure =
  | CartNotOpen
  | TooManyLines
  | InvalidQuantity
  | CurrencyMismatch
  | ProductUnknown
  | AggregateNotFound
  | SaveFailure

export class AddItem extends Command<{ lineId: LineId }, AddItemFailure> {
  static readonly type = 'AddItem'
  static readonly schema = input
  readonly type = 'AddItem'
  readonly cartId: CartId
  readonly sku: Sku
  readonly quantity: number
  readonly idempotencyKey: string | undefined

  constructor(data: {
    readonly cartId: CartId
    readonly sku: Sku
    readonly quantity: number
    readonly idempotencyKey?: string | undefined
  }) {
    super()
    this.cartId = data.cartId
    this.sku = data.sku
    this.quantity = data.quantity
    this.idempotencyKey = data.idempotencyKey
  }
}

type Ports = { readonly carts: Carts; readonly catalogue: Catalogue; readonly ids: IdGenerator }

export const addItem =
  ({ carts, catalogue, ids }: Ports): Handler<AddItem> =>
  async (command, context) => {
    const product = await catalogue.find(command.sku, context)
    if (product.isErr()) return err(product.error)
    const lineId = newId<'CartLine'>(ids)
    return carts.update(
      command.cartId,
      (cart) => cart.addItem(lineId, product.value, command.quantity).map(() => ({ lineId })),
      context,
    )
  }
