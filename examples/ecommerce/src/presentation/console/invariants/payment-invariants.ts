import { match } from 'ts-pattern'
import type { Evidence, Payment } from '../evidence.ts'
import type { Invariant } from './invariant.ts'

export const paymentInvariants: readonly Invariant[] = [
  {
    name: 'no order was charged more than once',
    of: 'orders',
    check: ({ cases, charges, spendings }) =>
      cases.map(({ order }) => ({
        subject: order.id,
        holds: [...charges, ...spendings].filter(({ orderId }) => orderId === order.id).length <= 1,
      })),
  },
  {
    name: 'completed orders paid their total, others nothing',
    of: 'orders',
    check: (evidence) =>
      evidence.cases.map(({ order }) => ({
        subject: order.id,
        holds: paidFor(order.id, evidence) === (order.status === 'completed' ? order.total.minorUnits : 0n),
      })),
  },
  {
    name: 'every payment belongs to an order',
    of: 'payments',
    check: ({ cases, charges, refunds, spendings, givenBack }) => {
      const orderIds = new Set<string>(cases.map(({ order }) => order.id))
      return [...charges, ...refunds, ...spendings, ...givenBack].map(({ orderId }) => ({
        subject: orderId,
        holds: orderIds.has(orderId),
      }))
    },
  },
  {
    name: 'one parcel and one message for a completed order',
    of: 'orders',
    check: ({ cases, parcels, messages }) =>
      cases.map(({ order: { id, status } }) => {
        const wanted = match(status)
          .with('completed', () => 1)
          .with('placed', 'cancelled', () => 0)
          .exhaustive()
        const sent = parcels.filter(({ orderId }) => orderId === id).length
        const told = messages.filter((orderId) => orderId === id).length
        return { subject: id, holds: sent === wanted && told === wanted }
      }),
  },
]

function paidFor(orderId: string, { charges, refunds, spendings, givenBack }: Evidence): bigint {
  const sum = (payments: readonly Payment[]) =>
    payments
      .filter((payment) => payment.orderId === orderId)
      .reduce((pence, payment) => pence + payment.pence, 0n)
  return sum(charges) - sum(refunds) + sum(spendings) - sum(givenBack)
}
