import { type Context, createContext, type IdGenerator } from '@ashlar/kernel'
import { type AnyFailure, FailureError, orThrow, type Result } from '@ashlar/result'
import { AddItem } from '../../application/carts/add-item.ts'
import { GetCart } from '../../application/carts/get-cart.ts'
import { OpenCart } from '../../application/carts/open-cart.ts'
import { GetCustomer } from '../../application/customers/get-customer.ts'
import { RegisterCustomer } from '../../application/customers/register-customer.ts'
import { SearchCustomers } from '../../application/customers/search-customers.ts'
import { ReceiveStock } from '../../application/inventory/receive-stock.ts'
import { GetOrder } from '../../application/orders/get-order.ts'
import { PlaceOrder } from '../../application/orders/place-order.ts'
import type { Shop } from '../../composition.ts'
import type { CartId } from '../../domain/carts/shopping-cart.ts'
import type { CustomerId } from '../../domain/customers/customer.ts'
import { StockItem } from '../../domain/inventory/stock-item.ts'
import type { OrderId } from '../../domain/orders/order.ts'
import type { Person } from './cast.ts'

export type Item = { readonly sku: string; readonly quantity: number }
export type Checkout = {
  readonly customerId: CustomerId
  readonly cartId: CartId
  readonly idempotencyKey: string
  /** By card unless told. */
  readonly payment?: string
}

const patienceMs = 30_000

/** What people do in a shop, as input from outside; whatever it refuses is thrown. */
export class Till {
  readonly shop: Shop
  readonly #ids: IdGenerator

  constructor(shop: Shop, ids: IdGenerator) {
    this.shop = shop
    this.#ids = ids
  }

  context(): Context {
    return createContext({}, { ids: this.#ids })
  }

  async register(person: Person): Promise<CustomerId> {
    const registered = await orThrow(this.shop.mediator.sendInput(RegisterCustomer, person, this.context()))
    return registered.value.customerId
  }

  async receive(...items: readonly Item[]): Promise<void> {
    for (const item of items) {
      await succeed(this.shop.mediator.sendInput(ReceiveStock, item, this.context()))
    }
  }

  async fillCart(customerId: CustomerId, ...items: readonly Item[]): Promise<CartId> {
    const { mediator } = this.shop
    const { cartId } = (await orThrow(mediator.sendInput(OpenCart, { customerId }, this.context()))).value
    for (const item of items) {
      await succeed(mediator.sendInput(AddItem, { cartId, ...item }, this.context()))
    }
    return cartId
  }

  tryToPlace(checkout: Checkout) {
    return this.shop.mediator.sendInput(PlaceOrder, checkout, this.context())
  }

  async place(checkout: Checkout): Promise<OrderId> {
    return (await orThrow(this.tryToPlace(checkout))).value.orderId
  }

  /** Fills a cart and checks it out. */
  async order(customerId: CustomerId, idempotencyKey: string, ...items: readonly Item[]): Promise<OrderId> {
    const cartId = await this.fillCart(customerId, ...items)
    return this.place({ customerId, cartId, idempotencyKey })
  }

  async cart(cartId: CartId) {
    return (await orThrow(this.shop.mediator.sendInput(GetCart, { cartId }, this.context()))).value
  }

  async customer(customerId: CustomerId) {
    return (await orThrow(this.shop.mediator.sendInput(GetCustomer, { customerId }, this.context()))).value
  }

  async search(wanted: object) {
    return (await orThrow(this.shop.mediator.sendInput(SearchCustomers, wanted, this.context()))).value
  }

  async orderOf(orderId: OrderId) {
    return (await orThrow(this.shop.mediator.sendInput(GetOrder, { orderId }, this.context()))).value
  }

  async stock(sku: string): Promise<StockItem> {
    return (await orThrow(this.shop.stock.get(StockItem.idOf(sku), this.context()))).value
  }

  /** Waits until the order's fulfilment has ended, in whichever process. */
  outcome(orderId: OrderId) {
    return this.shop.sagaOf(orderId).outcome({ signal: AbortSignal.timeout(patienceMs) })
  }

  /** The steps of the order's fulfilment, as they happened. */
  async log(orderId: OrderId) {
    return (await this.shop.inspectSaga(orderId))?.log ?? []
  }
}

async function succeed(result: Promise<Result<unknown, AnyFailure>>): Promise<void> {
  const settled = await result
  if (settled.isErr()) throw new FailureError(settled.error)
}
