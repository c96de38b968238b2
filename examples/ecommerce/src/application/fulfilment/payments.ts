import type { MoneyJson } from '@ashlar/domain'
import type { Failure, Result } from '@ashlar/result'
import type { PaymentMethod } from '../../domain/orders/payment-method.ts'

export type PaymentDeclined = Failure<
  'PaymentDeclined',
  { readonly orderId: string; readonly reason: string }
>

export type RefundDeclined = Failure<'RefundDeclined', { readonly payment: string; readonly reason: string }>

export type Charge = {
  readonly orderId: string
  readonly customerId: string
  readonly amount: MoneyJson
  readonly method: PaymentMethod
}

type Refund = {
  readonly method: PaymentMethod
  readonly chargeKey: string
  /** Undefined when nobody knows whether it was charged. */
  readonly paymentId: string | undefined
}

/** Somebody else's service that moves money; the same key is the same request. */
export interface Payments {
  charge(
    charge: Charge,
    key: string,
    signal: AbortSignal,
  ): Promise<Result<{ paymentId: string }, PaymentDeclined>>
  /** Gives back what was charged; forestalls a charge that comes later. */
  refund(refund: Refund, key: string, signal: AbortSignal): Promise<Result<void, RefundDeclined>>
}
