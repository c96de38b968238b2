import { extensionPoint, service } from '@ashlar/plugins/plugin'
import * as v from 'valibot'

/** The shop's interface, as manifests name it; a change that breaks plugins makes it `shop/2`. */
export const shopApi = 'shop/1'

const text = v.pipe(v.string(), v.maxLength(200))
/** The same key is the same request, however often it comes. */
const key = text
const money = v.object({ currency: v.pipe(v.string(), v.length(3)), amount: v.pipe(v.string(), v.decimal()) })

const charge = v.object({
  action: v.literal('charge'),
  key,
  orderId: text,
  customerId: text,
  amount: money,
})
const refund = v.object({
  action: v.literal('refund'),
  key,
  /** Names the charge. */
  chargeKey: key,
  /** Not there when nobody knows whether it was charged. */
  paymentId: v.exactOptional(text),
})

/**
 * Moves what a method moves; a manifest tells the method's name as `{ "method": "points" }`.
 *
 * A refund of what was never charged is done at once, and forestalls the charge should it come later. A call that breaks
 * off comes again under its key.
 */
export const paymentMethods = extensionPoint('shop.payment-methods', {
  input: v.variant('action', [charge, refund]),
  output: v.variant('status', [
    v.object({ status: v.literal('done'), paymentId: text }),
    v.object({ status: v.literal('declined'), reason: text }),
  ]),
  mode: 'first',
})

/** Adds a line to the message that an order is on its way. */
export const messageLines = extensionPoint('shop.message-lines', {
  input: v.object({ orderId: text, customerId: text }),
  output: v.pipe(text, v.regex(/^[^\p{Cc}]*$/u, 'must be one line')),
  mode: 'all',
})

/** What came of an attempt to spend points. */
export type Spending = { readonly isSpent: true } | { readonly isSpent: false; readonly reason: string }

/** The points that customers have. */
export interface Points {
  balanceOf(customerId: string): number
  /** Takes points for an order, once per key; nothing when there are too few, or when they were given back before. */
  spend(request: {
    readonly customerId: string
    readonly orderId: string
    readonly points: number
    readonly key: string
  }): Spending
  /** Gives back what was spent under a key, once; what was not spent by then never will be. */
  giveBack(key: string): void
}

/** Asked for by `{ "kind": "service", "id": "shop.points" }`; granted to nobody whom the shop does not know. */
export const points = service<Points>('shop.points')
