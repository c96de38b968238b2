import type { AlreadyExists, Repository } from '@ashlar/domain'
import type { Context } from '@ashlar/kernel'
import { type Failure, failure, type Result } from '@ashlar/result'
import type { Customer } from '../../domain/customers/customer.ts'
import type { Email } from '../../domain/customers/email.ts'

export type EmailTaken = Failure<'EmailTaken', { readonly email: string }>

/** Keeps customers; no two of them have the same e-mail address, not even in a race. */
export interface Customers extends Pick<Repository<Customer>, 'get' | 'save'> {
  add(customer: Customer, context: Context): Promise<Result<void, AlreadyExists | EmailTaken>>
}

export function emailTaken(email: Email): EmailTaken {
  return failure('EmailTaken', `e-mail address "${email}" belongs to another customer`, {
    email: email.value,
  })
}
