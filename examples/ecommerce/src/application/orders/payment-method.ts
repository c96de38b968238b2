import { type Failure, failure } from '@ashlar/result'

export type PaymentMethod = 'card'

export type PaymentMethodUnavailable = Failure<'PaymentMethodUnavailable', { readonly method: PaymentMethod }>

export function paymentMethodUnavailable(method: PaymentMethod): PaymentMethodUnavailable {
  return failure('PaymentMethodUnavailable', `nobody can pay by ${method} for now`, { method })
}
