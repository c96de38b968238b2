import { type AlreadyExists, newId } from '@ashlar/domain'
import type { IdGenerator } from '@ashlar/kernel'
import { Command, type Handler } from '@ashlar/mediator'
import { collect, err, type GuardFailure } from '@ashlar/result'
import * as v from 'valibot'
import { Address, type AddressData, type InvalidAddress } from '../../domain/customers/address.ts'
import { Customer, type CustomerId } from '../../domain/customers/customer.ts'
import { Email, type InvalidEmail } from '../../domain/customers/email.ts'
import { type InvalidPhoneNumber, PhoneNumber } from '../../domain/customers/phone-number.ts'
import { parseTextLine } from '../../domain/customers/text-line.ts'
import { idempotencyKey } from '../idempotency-key-schema.ts'
import type { Customers, EmailTaken } from './customers.ts'

const input = v.strictObject({
  name: v.string(),
  email: v.string(),
  phone: v.string(),
  address: v.strictObject({
    street: v.string(),
    city: v.string(),
    state: v.string(),
    postalCode: v.string(),
    country: v.string(),
  }),
  idempotencyKey: v.optional(idempotencyKey),
})

type RegisterCustomerFailure =
  | GuardFailure
  | InvalidEmail
  | InvalidPhoneNumber
  | InvalidAddress
  | EmailTaken
  | AlreadyExists

const maxNameLength = 100

export class RegisterCustomer extends Command<{ customerId: CustomerId }, RegisterCustomerFailure> {
  static readonly type = 'RegisterCustomer'
  static readonly schema = input
  static readonly personal = ['name', 'email', 'phone', 'address'] as const
  readonly type = 'RegisterCustomer'
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly address: AddressData
  readonly idempotencyKey: string | undefined

  constructor(data: v.InferOutput<typeof input>) {
    super()
    this.name = data.name
    this.email = data.email
    this.phone = data.phone
    this.address = data.address
    this.idempotencyKey = data.idempotencyKey
  }
}

type Ports = { readonly customers: Customers; readonly ids: IdGenerator }

export const registerCustomer =
  ({ customers, ids }: Ports): Handler<RegisterCustomer> =>
  async (command, context) => {
    const contact = collect({
      name: parseTextLine(command.name, maxNameLength, 'name'),
      email: Email.parse(command.email),
      phone: PhoneNumber.parse(command.phone),
      address: Address.parse(command.address),
    })
    if (contact.isErr()) return err(firstOf(contact.error))
    const customer = Customer.register(newId<'Customer'>(ids), contact.value)
    const added = await customers.add(customer, context)
    return added.map(() => ({ customerId: customer.id }))
  }

function firstOf<F>(failures: readonly F[]): F {
  return failures[0] as F
}
