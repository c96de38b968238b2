import type { AggregateNotFound, AlreadyExists, VersionConflict } from '@ashlar/domain'
import type { Context } from '@ashlar/kernel'
import { err, failure, type Result } from '@ashlar/result'
import type { Customers, EmailTaken } from '../../application/customers/customers.ts'
import type { Customer, CustomerId, CustomerState } from '../../domain/customers/customer.ts'
import type { SqliteRepository } from './sqlite-repository.ts'

/** The unique index on the address decides; what it refuses is told as `EmailTaken`. */
export class SqliteCustomers implements Customers {
  readonly #rows: SqliteRepository<Customer, CustomerState>

  constructor(rows: SqliteRepository<Customer, CustomerState>) {
    this.#rows = rows
  }

  get(id: CustomerId, context: Context): Promise<Result<Customer, AggregateNotFound>> {
    return this.#rows.get(id, context)
  }

  save(customer: Customer, context: Context): Promise<Result<void, AggregateNotFound | VersionConflict>> {
    return this.#rows.save(customer, context)
  }

  async add(customer: Customer, context: Context): Promise<Result<void, AlreadyExists | EmailTaken>> {
    const added = await this.#rows.add(customer, context)
    const { email } = customer
    if (added.isErr() && this.#rows.has(email.key, context))
      return err(
        failure('EmailTaken', `e-mail address "${email}" belongs to another customer`, {
          email: email.value,
        }),
      )
    return added
  }
}
