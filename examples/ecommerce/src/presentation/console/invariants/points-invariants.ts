import { card } from '../../../domain/orders/payment-method.ts'
import type { Invariant } from './invariant.ts'

export const pointsInvariants: readonly Invariant[] = [
  {
    name: 'points spent + points left = points given',
    of: 'purses',
    check: ({ purses }) =>
      purses.map(({ customerId, given, spent, left }) => ({
        subject: customerId,
        holds: spent >= 0 && left >= 0 && spent + left === given,
      })),
  },
  {
    name: 'an order is paid by its own method, and by no other',
    of: 'payments',
    check: ({ cases, charges, spendings }) => {
      const methods = new Map<string, string>(cases.map(({ order }) => [order.id, order.payment]))
      return [
        ...charges.map(({ orderId }) => ({ subject: orderId, holds: methods.get(orderId) === card })),
        ...spendings.map(({ orderId }) => ({ subject: orderId, holds: methods.get(orderId) === 'points' })),
      ]
    },
  },
]
