import type { AggregateNotFound, VersionConflict } from '@ashlar/domain'
import { Command, type Handler } from '@ashlar/mediator'
import { err } from '@ashlar/result'
import * as v from 'valibot'
import type { CustomerId } from '../../domain/customers/customer.ts'
import { id } from '../id-schema.ts'
import type { Customers } from './customers.ts'

const input = v.strictObject({ customerId: id<'Customer'>() })

export class SuspendCustomer extends Command<void, AggregateNotFound | VersionConflict> {
  static readonly type = 'SuspendCustomer'
  static readonly schema = input
  readonly type = 'SuspendCustomer'
  readonly customerId: CustomerId

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.customerId = data.customerId
  }
}

/** Takes no more orders from the customer; those that are placed go on. Asking again changes nothing. */
export const suspendCustomer =
  ({ customers }: { readonly customers: Customers }): Handler<SuspendCustomer> =>
  async ({ customerId }, context) => {
    const customer = await customers.get(customerId, context)
    if (customer.isErr()) return err(customer.error)
    customer.value.suspend()
    return customers.save(customer.value, context)
  }
