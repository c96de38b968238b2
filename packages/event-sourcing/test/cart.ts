import { type DomainEvent, unknownEvent } from '@ashlar/domain'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import { EventSourcedAggregate } from '../src/event-sourced-aggregate.ts'

export type CartEvent =
  | DomainEvent<'CartOpened', { customerId: string }>
  | DomainEvent<'ItemAdded', { sku: string; quantity: number }>
  | DomainEvent<'CartCheckedOut', null>

export type CartNotOpen = Failure<'CartNotOpen', { cartId: string }>

/** The cart that the tests of this package share. */
export class Cart extends EventSourcedAggregate<CartEvent> {
  static readonly category = 'cart'
  readonly #quantities = new Map<string, number>()
  #isOpen = false

  get items(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#quantities)
  }

  open(customerId: string): void {
    this.raise('CartOpened', { customerId })
  }

  addItem(sku: string, quantity = 1): Result<void, CartNotOpen> {
    if (!this.#isOpen) return err(this.#notOpen())
    return ok(this.raise('ItemAdded', { sku, quantity }))
  }

  checkOut(): Result<number, CartNotOpen> {
    if (!this.#isOpen) return err(this.#notOpen())
    this.raise('CartCheckedOut', null)
    return ok(this.version)
  }

  protected apply(event: CartEvent): void {
    switch (event.type) {
      case 'CartOpened':
        this.#isOpen = true
        return
      case 'ItemAdded': {
        const { sku, quantity } = event.data
        this.#quantities.set(sku, (this.#quantities.get(sku) ?? 0) + quantity)
        return
      }
      case 'CartCheckedOut':
        this.#isOpen = false
        return
      default:
        return unknownEvent(event)
    }
  }

  #notOpen(): CartNotOpen {
    return failure('CartNotOpen', `cart "${this.id}" is not open`, { cartId: this.id })
  }
}
