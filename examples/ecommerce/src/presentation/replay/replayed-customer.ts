import { setImmediate } from 'node:timers/promises'
import { Money } from '@ashlar/domain'
import { type Context, createContext } from '@ashlar/kernel'
import { type AnyFailure, invariant, type Result } from '@ashlar/result'
import { AddItem } from '../../application/carts/add-item.ts'
import { OpenCart } from '../../application/carts/open-cart.ts'
import { GetCustomer } from '../../application/customers/get-customer.ts'
import { RegisterCustomer } from '../../application/customers/register-customer.ts'
import { CompleteOrder } from '../../application/orders/complete-order.ts'
import { PlaceOrder } from '../../application/orders/place-order.ts'
import type { Shop } from '../../composition.ts'
import type { CustomerId } from '../../domain/customers/customer.ts'
import type { Tier } from '../../domain/customers/tier.ts'
import type { InvoiceCatalogue } from '../../infrastructure/replay/invoice-catalogue.ts'
import type { Buyer, Invoice } from '../../infrastructure/replay/retail-year.ts'

/** What came of one invoice. */
export type Outcome =
  | { readonly type: 'refused' }
  | { readonly type: 'completed'; readonly pence: bigint; readonly isUpgraded: boolean }

/** A customer who buys again what is on the invoices, by the commands that everybody uses. */
export class ReplayedCustomer {
  readonly #buyer: Buyer
  readonly #shop: Shop
  readonly #catalogue: InvoiceCatalogue
  readonly #signal: AbortSignal
  #customerId: CustomerId | undefined

  constructor(buyer: Buyer, shop: Shop, catalogue: InvoiceCatalogue, signal: AbortSignal) {
    this.#buyer = buyer
    this.#shop = shop
    this.#catalogue = catalogue
    this.#signal = signal
  }

  async buy(invoice: Invoice, onLine: () => void): Promise<Outcome> {
    const { mediator } = this.#shop
    const { invoiceNo, placedAt } = invoice
    const context = this.#context(invoiceNo)
    this.#customerId ??= await this.#register(context)
    const customerId = this.#customerId

    const cart = await mediator.send(new OpenCart({ customerId }), context)
    const { cartId } = this.#valueOf(cart, 'OpenCart', invoiceNo)
    for (const { product, quantity } of invoice.sales) {
      this.#catalogue.put(context.correlationId, product)
      const added = await mediator.send(new AddItem({ cartId, sku: product.sku, quantity }), context)
      this.#valueOf(added, 'AddItem', invoiceNo)
      onLine()
      await setImmediate() // a store in memory never waits, and signals would not be heard
    }
    this.#catalogue.drop(context.correlationId)

    const order = { customerId, cartId, idempotencyKey: invoiceNo }
    const placed = await mediator.send(new PlaceOrder(order, placedAt), context)
    if (placed.isErr() && placed.error.type === 'CreditLimitExceeded') return { type: 'refused' }
    const { orderId, total } = this.#valueOf(placed, 'PlaceOrder', invoiceNo)
    const completed = await mediator.send(new CompleteOrder({ orderId }), context)
    const { isUpgraded } = this.#valueOf(completed, 'CompleteOrder', invoiceNo)
    return { type: 'completed', pence: Money.fromJson(total)._unsafeUnwrap().minorUnits, isUpgraded }
  }

  /** As the store has it. */
  async tier(): Promise<Tier> {
    invariant(this.#customerId !== undefined, `customer ${this.#buyer.customerNo} has not bought yet`)
    const query = new GetCustomer({ customerId: this.#customerId })
    const customer = await this.#shop.mediator.send(query, this.#context('tier'))
    return this.#valueOf(customer, 'GetCustomer').tier
  }

  async #register(context: Context): Promise<CustomerId> {
    const { customerNo } = this.#buyer
    const command = new RegisterCustomer({
      name: `Customer ${customerNo}`,
      email: `customer-${customerNo}@example.com`,
      phone: '+44 20 7946 0958',
      address: {
        street: '1 High Street',
        city: 'London',
        state: 'London',
        postalCode: 'N1 1AA',
        country: 'GB',
      },
    })
    const registered = await this.#shop.mediator.send(command, context)
    return this.#valueOf(registered, 'RegisterCustomer').customerId
  }

  /** Two customers may have bought under one number; their prices stay apart. */
  #context(invoiceNo: string): Context {
    const correlationId = `${this.#buyer.customerNo}/${invoiceNo}`
    return createContext({ correlationId, signal: this.#signal })
  }

  #valueOf<Value>(result: Result<Value, AnyFailure>, command: string, invoiceNo?: string): Value {
    if (result.isOk()) return result.value
    const invoice = invoiceNo === undefined ? '' : `, invoice "${invoiceNo}"`
    const { type, message } = result.error
    throw new ReplayStoppedError(
      `${command} of customer ${this.#buyer.customerNo}${invoice} failed: ${type}, ${message}`,
      result.error,
    )
  }
}

/** A command of the replay was refused, and nobody expected that. */
class ReplayStoppedError extends Error {
  override readonly name = 'ReplayStoppedError'
  readonly code = 'SHOP_REPLAY_STOPPED'

  constructor(message: string, cause: unknown) {
    super(message, { cause })
  }
}
