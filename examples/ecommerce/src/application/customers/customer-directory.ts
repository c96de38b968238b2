import type { Context } from '@ashlar/kernel'
import type { Criteria, PagedResult } from '@ashlar/specification'
import type { Customer, CustomerId, CustomerStatus } from '../../domain/customers/customer.ts'
import type { Tier } from '../../domain/customers/tier.ts'

/** A customer as a list shows one. */
export type CustomerListItem = {
  readonly customerId: CustomerId
  readonly name: string
  readonly email: string
  readonly status: CustomerStatus
  readonly tier: Tier
  /** ISO-8601, UTC. */
  readonly createdAt: string
}

/** Finds customers by what is asked for; those who were removed are not listed. */
export interface CustomerDirectory {
  /** Gives the page that is asked for. */
  page(criteria: Criteria<Customer, 'counted'>, context: Context): Promise<PagedResult<CustomerListItem>>
}
