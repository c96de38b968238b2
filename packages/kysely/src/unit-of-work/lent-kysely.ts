import { type DatabaseConnection, Kysely } from 'kysely'

/**
 * A Kysely on the connection of another, with its plugins, that can be taken back.
 *
 * @param connection - one that stays on a single connection
 * @param admit - throws when it may not be used any more
 */
export function lentKysely<DB>(connection: Kysely<DB>, admit: () => void): Kysely<DB> {
  const executor = connection.getExecutor()
  const lent: DatabaseConnection = {
    executeQuery(query, options) {
      return executor.provideConnection((real) => real.executeQuery(query, options))
    },
    streamQuery() {
      throw new TypeError('a transaction of KyselyUnitOfWork gives whole answers, not streams')
    },
  }
  return new Kysely<DB>({
    plugins: [...executor.plugins],
    dialect: {
      createAdapter: () => executor.adapter,
      createQueryCompiler: () => ({ compileQuery: (node, id) => executor.compileQuery(node, id) }),
      createIntrospector: () => connection.introspection,
      createDriver: () => ({
        async init() {},
        async acquireConnection() {
          admit()
          return lent
        },
        beginTransaction: refuse,
        commitTransaction: refuse,
        rollbackTransaction: refuse,
        async releaseConnection() {},
        async destroy() {},
      }),
    },
  })
}

async function refuse(): Promise<never> {
  throw new TypeError('the unit of work begins and ends transactions: use its transaction()')
}
