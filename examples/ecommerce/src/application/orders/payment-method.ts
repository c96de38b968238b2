import { type Failure, failure } from '@ashlar/result'
import * as v from 'valibot'
import type { PaymentMethod } from '../../domain/orders/payment-method.ts'

/** Knows by what an order can be paid at the moment. */
export interface PaymentMethods {
  offers(method: PaymentMethod): boolean
}

export type PaymentMethodUnavailable = Failure<'PaymentMethodUnavailable', { readonly method: PaymentMethod }>

export function paymentMethodUnavailable(method: PaymentMethod): PaymentMethodUnavailable {
  return failure('PaymentMethodUnavailable', `nobody can pay by ${method} for now`, { method })
}

/** The name of a method, as people send it and plugins tell it. */
export const paymentMethod = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a lower-case word of at most 32 characters'),
)
