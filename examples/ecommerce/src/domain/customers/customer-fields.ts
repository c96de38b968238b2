import { invariant } from '@ashlar/result'
import { defineFields, type Specification } from '@ashlar/specification'
import type { Customer, CustomerStatus } from './customer.ts'
import { rankOf, type Tier } from './tier.ts'

/** What can be asked of customers, and what they can be sorted by; a tier sorts by its rank. */
export const customerFields = defineFields<Customer>()(
  ({ text, number, timestamp }) => ({
    id: text((customer) => customer.id),
    name: text((customer) => customer.name),
    email: text((customer) => customer.email, { by: ({ key }) => key }),
    emailAsWritten: text((customer) => customer.email.value),
    status: text((customer) => customer.status),
    tier: text((customer) => customer.tier),
    tierRank: number((customer) => rankOf(customer.tier)),
    createdAt: timestamp(momentOfRegistration),
  }),
  { id: 'id', sortable: ['name', 'email', 'tierRank', 'createdAt'], maxPageSize: 100 },
)

const { name, email, status, tier } = customerFields.fields

/** Those whose name or e-mail address has the term somewhere, A to Z as a to z. */
export function customersMatching(term: string): Specification<Customer> {
  return name.contains(term, { text: 'fold' }).or(email.contains(term, { text: 'fold' }))
}

export function customersWithStatus(wanted: CustomerStatus): Specification<Customer> {
  return status.eq(wanted)
}

export function customersOfTier(wanted: Tier): Specification<Customer> {
  return tier.eq(wanted)
}

/** Only those who are stored were registered. */
function momentOfRegistration({ id, createdAt }: Customer): string {
  invariant(createdAt !== undefined, `customer "${id}" is not stored yet`)
  return createdAt
}
