import { type Context, portOf } from '@ashlar/kernel'
import { type Criteria, type PagedResult, pageInMemory } from '@ashlar/specification'
import type { CustomerDirectory, CustomerListItem } from '../../application/customers/customer-directory.ts'
import type { Customer } from '../../domain/customers/customer.ts'
import { customerFields } from '../../domain/customers/customer-fields.ts'

type Rows = { aggregates(context: Context): readonly Customer[] }

/** Looks through all customers; fit for as many as memory is fit for. */
export class InMemoryCustomerDirectory implements CustomerDirectory {
  readonly #customers: Rows

  constructor(customers: Rows) {
    this.#customers = customers
  }

  async page(
    criteria: Criteria<Customer, 'counted'>,
    context: Context,
  ): Promise<PagedResult<CustomerListItem>> {
    return pageInMemory(criteria, portOf(context, 'customers', this.#customers).aggregates(context), listItem)
  }
}

function listItem(customer: Customer): CustomerListItem {
  const { id: customerId, name, status, tier } = customer
  const createdAt = customerFields.fields.createdAt.valueIn(customer) as string
  return { customerId, name, email: customer.email.value, status, tier, createdAt }
}
