import {
  type AggregateNotFound,
  type AlreadyExists,
  InMemoryRepository,
  type InMemoryRepositoryOptions,
  type VersionConflict,
} from '@ashlar/domain'
import type { Context } from '@ashlar/kernel'
import type { Fork, Forkable } from '@ashlar/memory'
import { err, type Result } from '@ashlar/result'
import { type Customers, type EmailTaken, emailTaken } from '../../application/customers/customers.ts'
import type { Customer, CustomerId, CustomerState } from '../../domain/customers/customer.ts'

type Rows = InMemoryRepository<Customer, CustomerState>

/** Customers in memory, with an index of their addresses. */
export class InMemoryCustomers implements Customers, Forkable<InMemoryCustomers> {
  readonly writes: readonly string[] = ['add', 'save']
  readonly #rows: Rows
  readonly #emails: Set<string>
  readonly #emailsBelow: ReadonlySet<string>

  constructor(rows: Rows, emailsBelow: ReadonlySet<string> = new Set()) {
    this.#rows = rows
    this.#emails = new Set()
    this.#emailsBelow = emailsBelow
  }

  static of(options: InMemoryRepositoryOptions<Customer, CustomerState>): InMemoryCustomers {
    return new InMemoryCustomers(new InMemoryRepository(options))
  }

  get(id: CustomerId, context: Context): Promise<Result<Customer, AggregateNotFound>> {
    return this.#rows.get(id, context)
  }

  save(customer: Customer, context: Context): Promise<Result<void, AggregateNotFound | VersionConflict>> {
    return this.#rows.save(customer, context)
  }

  /** All of them, for a directory. */
  aggregates(context: Context): readonly Customer[] {
    return this.#rows.aggregates(context)
  }

  /** Takes the address before it waits for anything, so that nobody else gets it meanwhile. */
  async add(customer: Customer, context: Context): Promise<Result<void, AlreadyExists | EmailTaken>> {
    const { email } = customer
    if (this.#emails.has(email.key) || this.#emailsBelow.has(email.key)) return err(emailTaken(email))
    this.#emails.add(email.key)
    let isAdded = false
    try {
      const added = await this.#rows.add(customer, context)
      isAdded = added.isOk()
      return added
    } finally {
      if (!isAdded) this.#emails.delete(email.key)
    }
  }

  fork(): Fork<InMemoryCustomers> {
    const rows = this.#rows.fork()
    const port = new InMemoryCustomers(rows.port, this.#emails)
    return {
      port,
      commit: () => {
        rows.commit()
        for (const email of port.#emails) this.#emails.add(email)
      },
    }
  }
}
