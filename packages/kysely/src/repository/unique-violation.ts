/** A row was refused by a unique index, a trigger or a policy that the repository was not told of. */
export class KyselyUnnamedRuleError extends Error {
  override readonly name = 'KyselyUnnamedRuleError'
  readonly code = 'ASHLAR_KYSELY_UNNAMED_RULE'

  constructor(aggregate: string, id: string, table: string, cause: unknown) {
    super(
      `${aggregate} "${id}" was refused by table "${table}", and option "unique" names no rule that says so`,
      { cause },
    )
  }
}

const sqliteUnique = 2067
const sqlitePrimaryKey = 1555

/** Tells whether a unique index refused a statement, by the codes of pg, node:sqlite and better-sqlite3. */
export function isUniqueViolation(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown }
  return (
    code === '23505' ||
    code === 'SQLITE_CONSTRAINT_UNIQUE' ||
    code === 'SQLITE_CONSTRAINT_PRIMARYKEY' ||
    errcode === sqliteUnique ||
    errcode === sqlitePrimaryKey
  )
}
