// Adds accounts that all want one address, when it is told to: node add-one-address.ts DIALECT PLACE TABLE COUNT
import { once } from 'node:events'
import { createContext } from '@ashlar/kernel'
import { type Dialect, KyselyRepository, KyselyUnitOfWork } from '@ashlar/kysely'
import { Kysely } from 'kysely'
import { dialectAt } from './databases.ts'
import { Account, accountOptions } from './ledger.ts'

const [dialect, place = '', table = '', count = ''] = process.argv.slice(2) as [Dialect, ...string[]]
const kysely = new Kysely<unknown>({ dialect: dialectAt(dialect, place, 10) })
const accounts = new KyselyRepository({
  ...accountOptions,
  unitOfWork: new KyselyUnitOfWork({ kysely, dialect }),
  table,
})
const rivals = Array.from({ length: Number(count) }, () => Account.open('Ada', 'ada@example.org'))

process.stdout.write('ready\n')
await once(process.stdin, 'data')
const answers = await Promise.all(rivals.map((rival) => accounts.add(rival, createContext())))
process.stdout.write(`${answers.map((answer) => (answer.isOk() ? 'Ok' : answer.error.type)).join()}\n`)
await kysely.destroy()
process.stdin.destroy()
