import type { MoneyJson } from '@ashlar/domain'
import type { Failure, Result } from '@ashlar/result'

type PaymentDeclined = Failure<'PaymentDeclined', { readonly orderId: string; readonly reason: string }>

type RefundDeclined = Failure<'RefundDeclined', { readonly payment: string; readonly reason: string }>

type Charge = { readonly orderId: string; readonly customerId: string; readonly amount: MoneyJson }

/** Somebody else's service that moves money; the same key is the same request. */
export interface Payments {
  charge(
    charge: Charge,
    key: string,
    signal: AbortSignal,
  ): Promise<Result<{ paymentId: string }, PaymentDeclined>>
  /** Gives back what was charged, named by its payment or by the key of its charge; forestalls a charge that comes later. */
  refund(paymentOrKey: string, key: string, signal: AbortSignal): Promise<Result<void, RefundDeclined>>
}
