const maxStatements = 256

/** Keeps what was made of a text; the oldest goes when there are too many. */
export class StatementCache<Statement> {
  readonly #statements = new Map<string, Statement>()
  readonly #prepare: (sql: string) => Statement

  constructor(prepare: (sql: string) => Statement) {
    this.#prepare = prepare
  }

  get(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const prepared = this.#prepare(sql)
    if (this.#statements.size === maxStatements)
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest)
        break
      }
    this.#statements.set(sql, prepared)
    return prepared
  }
}
