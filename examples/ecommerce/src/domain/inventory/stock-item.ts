import { type AggregateMeta, AggregateRoot, type DomainEvent, type Id } from '@ashlar/domain'
import { err, type Failure, failure, invariant, ok, type Result } from '@ashlar/result'
import type { Sku } from '../catalogue/product.ts'

export type StockItemId = Id<'StockItem'>

export type StockEvent =
  | DomainEvent<'StockReceived', { sku: Sku; quantity: number }>
  | DomainEvent<'StockReserved', { sku: Sku; quantity: number }>
  | DomainEvent<'StockReleased', { sku: Sku; quantity: number }>
  | DomainEvent<'StockSold', { sku: Sku; quantity: number }>

export type OutOfStock = Failure<
  'OutOfStock',
  { readonly sku: Sku; readonly available: number; readonly wanted: number }
>

export type StockState = {
  readonly id: StockItemId
  readonly sku: Sku
  readonly available: number
  readonly reserved: number
}

/** How many pieces of a product there are: free to be sold, and held for orders. Neither is ever below zero. */
export class StockItem extends AggregateRoot<StockItemId, StockEvent> {
  readonly sku: Sku
  #available = 0
  #reserved = 0

  private constructor(id: StockItemId, sku: Sku, meta?: AggregateMeta) {
    super(id, meta)
    this.sku = sku
  }

  static idOf(sku: Sku): StockItemId {
    return sku as StockItemId
  }

  static of(sku: Sku): StockItem {
    return new StockItem(StockItem.idOf(sku), sku)
  }

  static restore(state: StockState, meta: AggregateMeta): StockItem {
    const item = new StockItem(state.id, state.sku, meta)
    item.#available = state.available
    item.#reserved = state.reserved
    return item
  }

  get available(): number {
    return this.#available
  }

  get reserved(): number {
    return this.#reserved
  }

  receive(quantity: number): void {
    ensurePieces(quantity)
    this.#available += quantity
    this.addDomainEvent('StockReceived', { sku: this.sku, quantity })
  }

  reserve(quantity: number): Result<void, OutOfStock> {
    ensurePieces(quantity)
    if (quantity > this.#available)
      return err(
        failure('OutOfStock', `product "${this.sku}" has ${this.#available} left, wanted ${quantity}`, {
          sku: this.sku,
          available: this.#available,
          wanted: quantity,
        }),
      )
    this.#available -= quantity
    this.#reserved += quantity
    this.addDomainEvent('StockReserved', { sku: this.sku, quantity })
    return ok()
  }

  release(quantity: number): void {
    this.#ensureHeld(quantity)
    this.#reserved -= quantity
    this.#available += quantity
    this.addDomainEvent('StockReleased', { sku: this.sku, quantity })
  }

  sell(quantity: number): void {
    this.#ensureHeld(quantity)
    this.#reserved -= quantity
    this.addDomainEvent('StockSold', { sku: this.sku, quantity })
  }

  toState(): StockState {
    return { id: this.id, sku: this.sku, available: this.#available, reserved: this.#reserved }
  }

  #ensureHeld(quantity: number): void {
    ensurePieces(quantity)
    invariant(
      quantity <= this.#reserved,
      `product "${this.sku}" holds ${this.#reserved} for orders, wanted ${quantity} of them`,
    )
  }
}

function ensurePieces(quantity: number): void {
  invariant(
    Number.isSafeInteger(quantity) && quantity > 0,
    `pieces must be counted by a whole number from 1, found ${quantity}`,
  )
}
