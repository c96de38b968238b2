import { type AggregateMeta, AggregateRoot, type DomainEvent, type Id, newId } from '@ashlar/domain'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'

export type AccountId = Id<'Account'>
export type AccountEvent =
  | DomainEvent<'AccountOpened', { owner: string }>
  | DomainEvent<'MoneyMoved', { by: number }>

export type AccountRow = {
  readonly id: string
  readonly owner: string
  readonly email: string
  readonly nickname: string | null
  readonly balance: bigint
  readonly is_vip: boolean
}

export type EmailTaken = Failure<'EmailTaken', { readonly email: string }>

/** An account whose e-mail address nobody else may have. */
export class Account extends AggregateRoot<AccountId, AccountEvent> {
  owner: string
  email: string
  nickname: string | null = null
  isVip = false
  #balance = 0n

  constructor(id: AccountId, owner: string, email: string, meta?: AggregateMeta) {
    super(id, meta)
    this.owner = owner
    this.email = email
  }

  static open(owner = 'Ada', email = `${newId()}@example.org`, id: AccountId = newId()): Account {
    const account = new Account(id, owner, email)
    account.addDomainEvent('AccountOpened', { owner })
    return account
  }

  static restore(row: AccountRow, meta: AggregateMeta): Account {
    const account = new Account(row.id as AccountId, row.owner, row.email, meta)
    account.nickname = row.nickname
    account.isVip = Boolean(row.is_vip)
    account.#balance = BigInt(row.balance)
    return account
  }

  get balance(): bigint {
    return this.#balance
  }

  move(by: number): Result<void, Failure<'Overdrawn'>> {
    if (this.#balance + BigInt(by) < 0n)
      return err(failure('Overdrawn', `account "${this.id}" has too little`))
    this.#balance += BigInt(by)
    this.addDomainEvent('MoneyMoved', { by })
    return ok()
  }

  toRow(): AccountRow {
    const { id, owner, email, nickname, isVip, balance } = this
    return { id, owner, email, nickname, balance, is_vip: isVip }
  }
}

export const emailTaken = ({ email }: Account): EmailTaken =>
  failure('EmailTaken', `e-mail address "${email}" belongs to another account`, { email })

/** What a repository of accounts is told, but for the unit of work. */
export const accountOptions = {
  name: 'Account',
  toRow: (account: Account): AccountRow => account.toRow(),
  restore: Account.restore,
  unique: [{ columns: ['email'], failure: emailTaken }],
} as const
