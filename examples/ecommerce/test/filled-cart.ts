import { orThrow } from '@ashlar/result'
import { AddItem } from '../src/application/carts/add-item.ts'
import { OpenCart } from '../src/application/carts/open-cart.ts'
import { PlaceOrder } from '../src/application/orders/place-order.ts'
import type { Shop } from '../src/composition.ts'
import type { CartId } from '../src/domain/carts/shopping-cart.ts'
import type { CustomerId } from '../src/domain/customers/customer.ts'
import { context, newCustomer } from './opened-shop.ts'

type Cart = { readonly customerId: CustomerId; readonly cartId: CartId }

/** An open cart with one line, of a customer who has nothing else. */
export async function filledCart(shop: Shop) {
  return cartFor(shop, await newCustomer(shop))
}

/** One more cart of a customer. */
export async function cartFor(shop: Shop, customerId: CustomerId) {
  const { cartId } = (await orThrow(shop.mediator.send(new OpenCart({ customerId }), context))).value
  const item = { cartId, sku: 'TEA-001', quantity: 1 }
  const { lineId } = (await orThrow(shop.mediator.sendInput(AddItem, item, context))).value
  return { customerId, cartId, lineId }
}

/** Checks out as a client does, whose input may be anything. */
export function checkOut(
  shop: Shop,
  {
    customerId,
    cartId,
    idempotencyKey = 'key-1',
    ...more
  }: { [Key in keyof Cart]: string } & { lineId?: string; idempotencyKey?: unknown; payment?: unknown },
) {
  const payment = 'payment' in more ? { payment: more.payment } : {}
  return shop.mediator.sendInput(PlaceOrder, { customerId, cartId, idempotencyKey, ...payment }, context)
}
