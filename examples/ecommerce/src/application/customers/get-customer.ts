import type { AggregateNotFound, MoneyJson } from '@ashlar/domain'
import { type Handler, Query } from '@ashlar/mediator'
import * as v from 'valibot'
import type { Customer, CustomerId } from '../../domain/customers/customer.ts'
import type { Tier } from '../../domain/customers/tier.ts'
import { type Flags, flagContextOf } from '../flags/shop-flags.ts'
import { id } from '../id-schema.ts'
import type { Customers } from './customers.ts'

const input = v.strictObject({ customerId: id<'Customer'>() })

export type CustomerView = {
  readonly customerId: CustomerId
  readonly name: string
  readonly email: string
  readonly tier: Tier
  readonly creditLimit: MoneyJson
  readonly openValue: MoneyJson
  readonly completedValue: MoneyJson
  /** Whether new things are shown before everybody sees them. */
  readonly hasEarlyAccess: boolean
}

export class GetCustomer extends Query<CustomerView, AggregateNotFound> {
  static readonly type = 'GetCustomer'
  static readonly schema = input
  readonly type = 'GetCustomer'
  readonly customerId: CustomerId

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.customerId = data.customerId
  }
}

type Ports = { readonly customers: Customers; readonly flags: Flags }

export const getCustomer =
  ({ customers, flags }: Ports): Handler<GetCustomer> =>
  async ({ customerId }, context) =>
    (await customers.get(customerId, context)).map((customer) => view(customer, flags))

function view(customer: Customer, flags: Flags): CustomerView {
  const { id: customerId, name, tier, creditLimit, openValue, completedValue } = customer
  return {
    customerId,
    name,
    email: customer.email.value,
    tier,
    creditLimit: creditLimit.toJson(),
    openValue: openValue.toJson(),
    completedValue: completedValue.toJson(),
    hasEarlyAccess: flags.enabled('early-access', flagContextOf(customer)),
  }
}
