import type { AggregateMeta } from '@ashlar/domain'
import type { Context } from '@ashlar/kernel'
import { KyselyReader, KyselyRepository, TableMap } from '@ashlar/kysely'
import { FailureError } from '@ashlar/result'
import type { CustomerDirectory } from '../../application/customers/customer-directory.ts'
import { type Customers, emailTaken } from '../../application/customers/customers.ts'
import { Customer, type CustomerId, type CustomerStatus } from '../../domain/customers/customer.ts'
import { customerFields } from '../../domain/customers/customer-fields.ts'
import { rankOf, type Tier } from '../../domain/customers/tier.ts'
import type { RowOptions, ShopUnitOfWork } from './row-options.ts'

type CustomerRow = {
  readonly id: CustomerId
  readonly name: string
  readonly email: string
  readonly email_key: string
  readonly phone: string
  /** JSON. */
  readonly address: string
  readonly status: CustomerStatus
  readonly tier: Tier
  readonly tier_rank: number
  readonly open_minor: bigint | number
  readonly completed_minor: bigint | number
}

/**
 * Customers as rows; the unique index on the address decides who has it.
 *
 * Nobody's address changes, so that only `add` can find it taken.
 */
export function customersOn(options: RowOptions<Customer>): Customers {
  const rows = new KyselyRepository({
    ...options,
    table: 'customers',
    name: 'Customer',
    toRow: rowOf,
    restore,
    unique: [{ columns: ['email_key'], failure: ({ email }: Customer) => emailTaken(email) }],
  })
  return {
    get: (id, context) => rows.get(id, context),
    add: (customer, context) => rows.add(customer, context),
    save: async (customer, context: Context) => {
      const saved = await rows.save(customer, context)
      return saved.mapErr((failure) => {
        if (failure.type === 'EmailTaken') throw new FailureError(failure)
        return failure
      })
    },
  }
}

/** Reads lists straight from the columns. */
export function customerDirectoryOn(unitOfWork: ShopUnitOfWork): CustomerDirectory {
  return new KyselyReader({
    unitOfWork,
    table: new TableMap(customerFields, {
      dialect: unitOfWork.dialect,
      table: 'customers',
      columns: {
        id: 'id',
        name: 'name',
        email: 'email_key',
        emailAsWritten: 'email',
        status: 'status',
        tier: 'tier',
        tierRank: 'tier_rank',
        createdAt: 'created_at',
      },
    }),
    select: ({ text, timestamp }) => ({
      customerId: text('id'),
      name: text('name'),
      email: text('emailAsWritten'),
      status: text('status'),
      tier: text('tier'),
      createdAt: timestamp('createdAt'),
    }),
  })
}

function rowOf(customer: Customer): CustomerRow {
  const { id, name, email, phone, address, status, tier, openValue, completedValue } = customer
  return {
    id,
    name,
    email: email.value,
    email_key: email.key,
    phone: phone.value,
    address: JSON.stringify(address.toJson()),
    status,
    tier,
    tier_rank: rankOf(tier),
    open_minor: openValue.minorUnits,
    completed_minor: completedValue.minorUnits,
  }
}

function restore(row: CustomerRow, meta: AggregateMeta): Customer {
  const { id, name, email, phone, address, status, tier, open_minor, completed_minor } = row
  const state = { id, name, email, phone, address: JSON.parse(address), status, tier }
  return Customer.restore(
    { ...state, openMinor: String(open_minor), completedMinor: String(completed_minor) },
    meta,
  )
}
