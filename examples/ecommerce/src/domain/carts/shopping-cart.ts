import {
  type Currency,
  type CurrencyMismatch,
  type DomainEvent,
  type Id,
  type MoneyJson,
  type MoneyOverflow,
  unknownEvent,
} from '@ashlar/domain'
import { EventSourcedAggregate } from '@ashlar/event-sourcing'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { Product, Sku } from '../catalogue/product.ts'
import { UnitPrice } from '../catalogue/unit-price.ts'
import type { CustomerId } from '../customers/customer.ts'
import { type InvalidQuantity, parseQuantity } from './quantity.ts'

export type CartId = Id<'Cart'>
export type LineId = Id<'CartLine'>

export type CartEvent =
  | DomainEvent<'CartOpened', { customerId: string }>
  | DomainEvent<'ItemAdded', { lineId: string; sku: Sku; name: string; quantity: number; unitPrice: string }>
  | DomainEvent<'ItemQuantityChanged', { lineId: string; quantity: number }>
  | DomainEvent<'ItemRemoved', { lineId: string }>
  | DomainEvent<'CartCheckedOut', { orderId: string; total: MoneyJson }>

export type CartLine = {
  readonly lineId: LineId
  readonly sku: Sku
  readonly name: string
  readonly quantity: number
  readonly unitPrice: UnitPrice
}

export type CartNotOpen = Failure<'CartNotOpen', { readonly cartId: CartId }>
export type CartEmpty = Failure<'CartEmpty', { readonly cartId: CartId }>
export type TooManyLines = Failure<'TooManyLines', { readonly cartId: CartId; readonly max: number }>
export type LineUnknown = Failure<'LineUnknown', { readonly cartId: CartId; readonly lineId: LineId }>

/** What a cart is paid in; its events carry prices without it. */
const currency: Currency = 'GBP'
/** Whoever reads a cart reads all of it. */
const maxLines = 2_000

/** What a customer means to buy; the same product at two prices stays two lines. */
export class ShoppingCart extends EventSourcedAggregate<CartEvent, CartId> {
  static readonly category = 'cart'
  readonly #lines = new Map<LineId, CartLine>()
  #customerId: CustomerId | undefined
  #isOpen = false

  static open(id: CartId, customerId: CustomerId): ShoppingCart {
    const cart = new ShoppingCart(id)
    cart.raise('CartOpened', { customerId })
    return cart
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  get lines(): readonly CartLine[] {
    return [...this.#lines.values()]
  }

  belongsTo(customerId: CustomerId): boolean {
    return this.#customerId === customerId
  }

  addItem(
    lineId: LineId,
    { sku, name, price }: Product,
    quantity: number,
  ): Result<void, CartNotOpen | TooManyLines | InvalidQuantity | CurrencyMismatch> {
    if (!this.#isOpen) return err(this.#notOpen())
    if (this.#lines.size >= maxLines) return err(this.#tooManyLines())
    return parseQuantity(quantity).andThen((checked) =>
      price
        .in(currency)
        .map((unitPrice) =>
          this.raise('ItemAdded', { lineId, sku, name, quantity: checked, unitPrice: String(unitPrice) }),
        ),
    )
  }

  changeQuantity(
    lineId: LineId,
    quantity: number,
  ): Result<void, CartNotOpen | LineUnknown | InvalidQuantity> {
    return this.#openLine(lineId).andThen((line) =>
      parseQuantity(quantity).map((checked) => {
        if (checked !== line.quantity) this.raise('ItemQuantityChanged', { lineId, quantity: checked })
      }),
    )
  }

  removeItem(lineId: LineId): Result<void, CartNotOpen | LineUnknown> {
    return this.#openLine(lineId).map(() => this.raise('ItemRemoved', { lineId }))
  }

  checkOut(orderId: string): Result<void, CartNotOpen | CartEmpty | CurrencyMismatch | MoneyOverflow> {
    if (!this.#isOpen) return err(this.#notOpen())
    if (this.#lines.size === 0)
      return err(failure('CartEmpty', `cart "${this.id}" has no items to check out`, { cartId: this.id }))
    return UnitPrice.total(this.#lines.values(), currency).map((total) =>
      this.raise('CartCheckedOut', { orderId, total: total.toJson() }),
    )
  }

  protected apply(event: CartEvent): void {
    switch (event.type) {
      case 'CartOpened':
        this.#customerId = event.data.customerId as CustomerId
        this.#isOpen = true
        return
      case 'ItemAdded': {
        const { lineId, sku, name, quantity, unitPrice } = event.data
        this.#setLine({
          lineId: lineId as LineId,
          sku,
          name,
          quantity,
          unitPrice: UnitPrice.restore(unitPrice, currency),
        })
        return
      }
      case 'ItemQuantityChanged': {
        const line = this.#lines.get(event.data.lineId as LineId)
        if (line !== undefined) this.#setLine({ ...line, quantity: event.data.quantity })
        return
      }
      case 'ItemRemoved':
        this.#lines.delete(event.data.lineId as LineId)
        return
      case 'CartCheckedOut':
        this.#isOpen = false
        return
      default:
        return unknownEvent(event)
    }
  }

  #setLine(line: CartLine): void {
    this.#lines.set(line.lineId, line)
  }

  #openLine(lineId: LineId): Result<CartLine, CartNotOpen | LineUnknown> {
    if (!this.#isOpen) return err(this.#notOpen())
    const line = this.#lines.get(lineId)
    if (line !== undefined) return ok(line)
    return err(
      failure('LineUnknown', `cart "${this.id}" has no line "${lineId}"`, { cartId: this.id, lineId }),
    )
  }

  #tooManyLines(): TooManyLines {
    return failure(
      'TooManyLines',
      `cart "${this.id}" has ${this.#lines.size} lines, at most ${maxLines} fit`,
      {
        cartId: this.id,
        max: maxLines,
      },
    )
  }

  #notOpen(): CartNotOpen {
    return failure('CartNotOpen', `cart "${this.id}" is not open any more`, { cartId: this.id })
  }
}
