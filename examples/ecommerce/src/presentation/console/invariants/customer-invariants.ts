import type { CustomerId } from '../../../domain/customers/customer.ts'
import { creditLimitOf, tierFor } from '../../../domain/customers/tier.ts'
import type { OrderStatus } from '../../../domain/orders/order-status.ts'
import type { Evidence } from '../evidence.ts'
import type { Invariant } from './invariant.ts'

export const customerInvariants: readonly Invariant[] = [
  {
    name: 'what customers owe is in open orders',
    of: 'customers',
    check: (evidence) =>
      evidence.customers.map(({ id, openValue }) => ({
        subject: id,
        holds: openValue.minorUnits === valueOfOrders(id, 'placed', evidence),
      })),
  },
  {
    name: 'nobody owes anything, for no order is open',
    of: 'customers',
    check: ({ customers }) =>
      customers.map(({ id, openValue }) => ({ subject: id, holds: openValue.isZero })),
  },
  {
    name: 'completed value is in completed orders',
    of: 'customers',
    check: (evidence) =>
      evidence.customers.map(({ id, completedValue }) => ({
        subject: id,
        holds: completedValue.minorUnits === valueOfOrders(id, 'completed', evidence),
      })),
  },
  {
    name: 'tier and limit fit the completed value',
    of: 'customers',
    check: ({ customers }) =>
      customers.map(({ id, tier, completedValue, creditLimit }) => ({
        subject: id,
        holds: tier === tierFor(completedValue) && creditLimit.equals(creditLimitOf(tier)),
      })),
  },
  {
    name: 'one address, one customer',
    of: 'addresses',
    check: ({ customers }) =>
      customers.map(({ email }) => ({
        subject: email.value,
        holds: customers.filter((other) => other.email.key === email.key).length === 1,
      })),
  },
]

function valueOfOrders(customerId: CustomerId, status: OrderStatus, { cases }: Evidence): bigint {
  return cases
    .filter(({ order }) => order.customerId === customerId && order.status === status)
    .reduce((pence, { order }) => pence + order.total.minorUnits, 0n)
}
