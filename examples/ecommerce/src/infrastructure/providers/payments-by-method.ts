import type { Payments } from '../../application/fulfilment/payments.ts'
import { card } from '../../domain/orders/payment-method.ts'

/** Cards by one service, and nothing but cards; all else by another. */
export function paymentsByMethod(cards: Payments, others: Payments): Payments {
  const serviceFor = (method: string) => (method === card ? cards : others)
  return {
    charge: (charge, key, signal) => serviceFor(charge.method).charge(charge, key, signal),
    refund: (refund, key, signal) => serviceFor(refund.method).refund(refund, key, signal),
  }
}
