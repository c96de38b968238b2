// Waits for a line, then registers accounts that all want one address: node register-rivals.ts PLACE TABLE EMAIL COUNT
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { createContext } from '@ashlar/kernel'
import { KyselyRepository, KyselyUnitOfWork, nodeSqliteDatabase } from '@ashlar/kysely'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'
import { Account, accountOptions } from './ledger.ts'

const [place = '', table = '', email = '', count = ''] = process.argv.slice(2)

function open(): KyselyUnitOfWork {
  if (place.startsWith('postgres:')) {
    const pool = new pg.Pool({ connectionString: place, max: 4 })
    const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    return new KyselyUnitOfWork({ kysely, dialect: 'postgres' })
  }
  const database = nodeSqliteDatabase(new DatabaseSync(place, { timeout: 10_000 }))
  const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) })
  return new KyselyUnitOfWork({ kysely, dialect: 'sqlite' })
}

const accounts = new KyselyRepository({ ...accountOptions, unitOfWork: open(), table })
process.stdout.write('ready\n')
await once(process.stdin, 'data')

const rivals = Array.from({ length: Number(count) }, (_, number) =>
  Account.open(`${process.pid}-${number}`, email),
)
const answers = await Promise.allSettled(rivals.map((rival) => accounts.add(rival, createContext())))
for (const answer of answers) {
  if (answer.status === 'rejected') process.stdout.write(`threw ${answer.reason}\n`)
  else process.stdout.write(answer.value.isOk() ? 'ok\n' : `${answer.value.error.type}\n`)
}
process.exit()
