import { CompiledQuery, type DatabaseConnection, type DialectAdapter, Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { KyselyStatementRefusedError, KyselyTransactionAbortedError } from './unit-of-work-error.ts'

/** What is lent, and how far it has come. */
export interface Loan {
  readonly dialect: Dialect
  /** Throws when it may not be used any more. */
  admit(): void
  /** SQLite has rolled back by itself; whatever came now would be committed alone. */
  isLost: boolean
}

/**
 * A Kysely on the connection of another, with its plugins, that can be taken back.
 *
 * @param connection - one that stays on a single connection
 * @param loan - asked before each statement, when its turn has come: one waits for the other
 */
export function lentKysely<DB>(connection: Kysely<DB>, loan: Loan): Kysely<DB> {
  const executor = connection.getExecutor()
  const lent: DatabaseConnection = {
    async executeQuery(query, options) {
      admit(loan, query.sql)
      return executor.provideConnection(async (real) => {
        try {
          return await real.executeQuery(query, options)
        } catch (error) {
          if (loan.dialect === 'sqlite') loan.isLost = await isOutside(real)
          throw error
        }
      })
    },
    streamQuery() {
      throw new KyselyStatementRefusedError('a stream would outlive its transaction: read a page at a time')
    },
  }
  return new Kysely<DB>({
    plugins: [...executor.plugins],
    dialect: {
      createAdapter: () => alone(executor.adapter),
      createQueryCompiler: () => ({ compileQuery: (node, id) => executor.compileQuery(node, id) }),
      createIntrospector: () => connection.introspection,
      createDriver: () => ({
        async init() {},
        acquireConnection: async () => lent,
        beginTransaction: refuseTransaction,
        commitTransaction: refuseTransaction,
        rollbackTransaction: refuseTransaction,
        async releaseConnection() {},
        async destroy() {},
      }),
    },
  })
}

const endsTransaction =
  /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|;)*(?:begin|commit|end|abort|start\s+transaction|prepare\s+transaction|rollback(?!\s+(?:(?:transaction|work)\s+)?to\b))\b/i

function admit(loan: Loan, sql: string): void {
  loan.admit()
  if (loan.isLost) throw new KyselyTransactionAbortedError()
  if (endsTransaction.test(sql))
    throw new KyselyStatementRefusedError(`the unit of work begins and ends transactions, found "${sql}"`)
}

/** Has one who asks for a connection wait until the one before gives it back. */
export function alone(adapter: DialectAdapter): DialectAdapter {
  return Object.create(adapter, { supportsMultipleConnections: { value: false } })
}

/** Only outside of a transaction can one begin. */
async function isOutside(connection: DatabaseConnection): Promise<boolean> {
  try {
    await connection.executeQuery(CompiledQuery.raw('begin'))
  } catch {
    return false
  }
  await connection.executeQuery(CompiledQuery.raw('rollback'))
  return true
}

async function refuseTransaction(): Promise<never> {
  throw new KyselyStatementRefusedError('this is a transaction already: its statements need no other')
}
