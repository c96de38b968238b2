import {
  type AggregateMeta,
  AggregateRoot,
  type CurrencyMismatch,
  type DomainEvent,
  type Id,
  Money,
  type MoneyJson,
  type MoneyOverflow,
} from '@ashlar/domain'
import { err, type Failure, failure, invariant, ok, type Result } from '@ashlar/result'
import { Address, type AddressData } from './address.ts'
import { Email } from './email.ts'
import { PhoneNumber } from './phone-number.ts'
import { creditLimitOf, isHigher, type Tier, tierFor } from './tier.ts'

export type CustomerId = Id<'Customer'>
export type CustomerStatus = (typeof customerStatuses)[number]

export const customerStatuses = ['active', 'suspended'] as const

export type CustomerEvent =
  | DomainEvent<'CustomerRegistered', { customerId: string; name: string }>
  | DomainEvent<'CustomerSuspended', { customerId: string }>
  | DomainEvent<'TierUpgraded', { customerId: string; from: Tier; to: Tier; creditLimit: MoneyJson }>

export type CustomerInactive = Failure<'CustomerInactive', { readonly customerId: CustomerId }>
export type CreditLimitExceeded = Failure<
  'CreditLimitExceeded',
  { readonly limit: MoneyJson; readonly open: MoneyJson; readonly wanted: MoneyJson }
>

export type CustomerState = {
  readonly id: CustomerId
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly address: AddressData
  readonly status: CustomerStatus
  readonly tier: Tier
  readonly openMinor: string
  readonly completedMinor: string
}

type Contact = {
  readonly name: string
  readonly email: Email
  readonly phone: PhoneNumber
  readonly address: Address
}

/** Somebody who buys, and how much we trust them. */
export class Customer extends AggregateRoot<CustomerId, CustomerEvent> {
  readonly name: string
  readonly email: Email
  readonly phone: PhoneNumber
  readonly address: Address
  #status: CustomerStatus = 'active'
  #tier: Tier = 'Basic'
  /** Of orders that are placed and neither completed nor cancelled. */
  #openValue = Money.zero('GBP')
  #completedValue = Money.zero('GBP')

  private constructor(id: CustomerId, contact: Contact, meta?: AggregateMeta) {
    super(id, meta)
    this.name = contact.name
    this.email = contact.email
    this.phone = contact.phone
    this.address = contact.address
  }

  static register(id: CustomerId, contact: Contact): Customer {
    const customer = new Customer(id, contact)
    customer.addDomainEvent('CustomerRegistered', { customerId: id, name: contact.name })
    return customer
  }

  static restore(state: CustomerState, meta: AggregateMeta): Customer {
    const contact = {
      name: state.name,
      email: Email.restore(state.email),
      phone: PhoneNumber.restore(state.phone),
      address: Address.restore(state.address),
    }
    const customer = new Customer(state.id, contact, meta)
    customer.#status = state.status
    customer.#tier = state.tier
    customer.#openValue = Money.ofMinor(BigInt(state.openMinor), 'GBP')
    customer.#completedValue = Money.ofMinor(BigInt(state.completedMinor), 'GBP')
    return customer
  }

  get status(): CustomerStatus {
    return this.#status
  }

  get tier(): Tier {
    return this.#tier
  }

  get creditLimit(): Money {
    return creditLimitOf(this.#tier)
  }

  get openValue(): Money {
    return this.#openValue
  }

  get completedValue(): Money {
    return this.#completedValue
  }

  suspend(): void {
    if (this.#status === 'suspended') return
    this.#status = 'suspended'
    this.addDomainEvent('CustomerSuspended', { customerId: this.id })
  }

  /** Holds credit for an order, until the order is completed or cancelled. */
  reserveCredit(
    wanted: Money,
  ): Result<void, CustomerInactive | CreditLimitExceeded | CurrencyMismatch | MoneyOverflow> {
    if (this.#status !== 'active')
      return err(
        failure('CustomerInactive', `customer "${this.id}" is ${this.#status}`, { customerId: this.id }),
      )
    return this.#openValue.plus(wanted).andThen((open) => {
      if (open.isGreaterThan(this.creditLimit)) return err(this.#creditLimitExceeded(wanted))
      this.#openValue = open
      return ok()
    })
  }

  releaseCredit(held: Money): Result<void, CurrencyMismatch | MoneyOverflow> {
    return this.#openValue.minus(held).map((open) => {
      invariant(
        open.minorUnits >= 0n,
        `customer "${this.id}" has ${this.#openValue} of credit held, ${held} can't be released`,
      )
      this.#openValue = open
    })
  }

  /** Frees the credit, and looks whether the value of all completed orders earns a higher tier. */
  countCompletedOrder(total: Money): Result<void, CurrencyMismatch | MoneyOverflow> {
    return this.releaseCredit(total)
      .andThen(() => this.#completedValue.plus(total))
      .map((completed) => {
        this.#completedValue = completed
        this.#upgradeTo(tierFor(completed))
      })
  }

  toState(): CustomerState {
    return {
      id: this.id,
      name: this.name,
      email: this.email.value,
      phone: this.phone.value,
      address: this.address.toJson(),
      status: this.#status,
      tier: this.#tier,
      openMinor: String(this.#openValue.minorUnits),
      completedMinor: String(this.#completedValue.minorUnits),
    }
  }

  #upgradeTo(tier: Tier): void {
    if (!isHigher(tier, this.#tier)) return
    const from = this.#tier
    this.#tier = tier
    this.addDomainEvent('TierUpgraded', {
      customerId: this.id,
      from,
      to: tier,
      creditLimit: this.creditLimit.toJson(),
    })
  }

  #creditLimitExceeded(wanted: Money): CreditLimitExceeded {
    const limit = this.creditLimit
    const open = this.#openValue
    return failure(
      'CreditLimitExceeded',
      `credit limit of customer "${this.id}" is ${limit}, ${open} is open, wanted ${wanted}`,
      { limit: limit.toJson(), open: open.toJson(), wanted: wanted.toJson() },
    )
  }
}
