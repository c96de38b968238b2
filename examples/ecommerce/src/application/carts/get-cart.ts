import type { AggregateNotFound, CurrencyMismatch, MoneyJson, MoneyOverflow } from '@ashlar/domain'
import { type Handler, Query } from '@ashlar/mediator'
import * as v from 'valibot'
import type { CartId, LineId, ShoppingCart } from '../../domain/carts/shopping-cart.ts'
import type { Sku } from '../../domain/catalogue/product.ts'
import { UnitPrice } from '../../domain/catalogue/unit-price.ts'
import { id } from '../id-schema.ts'
import type { Carts } from './carts.ts'

const input = v.strictObject({ cartId: id<'Cart'>() })

export type CartView = {
  readonly cartId: CartId
  readonly isOpen: boolean
  readonly lines: readonly {
    readonly lineId: LineId
    readonly sku: Sku
    readonly name: string
    readonly quantity: number
    readonly unitPrice: string
  }[]
  readonly total: MoneyJson
}

export class GetCart extends Query<CartView, AggregateNotFound | CurrencyMismatch | MoneyOverflow> {
  static readonly type = 'GetCart'
  static readonly schema = input
  readonly type = 'GetCart'
  readonly cartId: CartId

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.cartId = data.cartId
  }
}

export const getCart =
  ({ carts }: { readonly carts: Carts }): Handler<GetCart> =>
  async ({ cartId }, context) => {
    const cart = await carts.get(cartId, context)
    return cart.andThen((found) => UnitPrice.total(found.lines).map((total) => view(found, total.toJson())))
  }

function view(cart: ShoppingCart, total: MoneyJson): CartView {
  return {
    cartId: cart.id,
    isOpen: cart.isOpen,
    lines: cart.lines.map((line) => ({ ...line, unitPrice: String(line.unitPrice) })),
    total,
  }
}
