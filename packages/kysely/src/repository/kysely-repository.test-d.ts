import type { AlreadyExists, Repository } from '@ashlar/domain'
import { createContext } from '@ashlar/kernel'
import { type Failure, failure, type Result } from '@ashlar/result'
import type { Kysely } from 'kysely'
import { Account, type AccountRow, accountOptions, type EmailTaken } from '../../test/ledger.ts'
import { KyselyUnitOfWork } from '../unit-of-work/kysely-unit-of-work.ts'
import { KyselyRepository } from './kysely-repository.ts'

type Shop = { readonly accounts: AccountRow }
declare const kysely: Kysely<Shop>
const unitOfWork = new KyselyUnitOfWork({ kysely, dialect: 'postgres' })
const { unique, ...plain } = accountOptions

/** Without unique rules it is the port, neither more nor less. */
const ruleless = new KyselyRepository({ ...plain, unitOfWork, table: 'accounts' })
export const port: Repository<Account> = ruleless

/** With a rule, its failure is added to those of the port, and a caller must deal with it. */
const ruled = new KyselyRepository({ ...plain, unique, unitOfWork, table: 'accounts' })
export const adding: Promise<Result<void, AlreadyExists | EmailTaken>> = ruled.add(
  Account.open(),
  createContext(),
)
// @ts-expect-error the port does not know of e-mail addresses
export const forgetful: Repository<Account> = ruled

export const wrongColumn: KyselyRepository<Account, AccountRow, Failure<'Taken'>> = new KyselyRepository({
  ...plain,
  unitOfWork,
  table: 'accounts',
  // @ts-expect-error a rule is about columns of the row
  unique: [{ columns: ['emial'], failure: () => failure('Taken', 'it is taken') }],
})

export const wrongRow: unknown = new KyselyRepository({
  ...plain,
  unitOfWork,
  table: 'accounts',
  // @ts-expect-error an object is no value of a column
  toRow: (account: Account) => ({ id: account.id, owner: { name: account.owner } }),
})
