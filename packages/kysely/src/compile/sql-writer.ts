import { CompiledQuery, RawNode, ValueNode } from 'kysely'
import type { Dialect } from '../dialect.ts'

/** Puts a statement together out of text, and of values that travel beside it. */
export class SqlWriter {
  readonly #fragments: string[] = []
  readonly #values: unknown[] = []
  #text = ''

  /** Adds SQL as it is. */
  write(text: string): this {
    this.#text += text
    return this
  }

  /** Adds the place of a value, and after it a cast such as `::int8`. */
  bind(value: unknown, cast = ''): this {
    this.#fragments.push(this.#text)
    this.#values.push(value)
    this.#text = cast
    return this
  }

  /** One node, however long the text: many small ones take Kysely several times as long. */
  toNode(): RawNode {
    return RawNode.create([...this.#fragments, this.#text], this.#values.map(ValueNode.create))
  }

  /** A whole statement, with the places written as the database wants them. */
  toQuery<Row>(dialect: Dialect): CompiledQuery<Row> {
    const place = dialect === 'postgres' ? (index: number) => `$${index + 1}` : () => '?'
    const text = this.#fragments.map((fragment, index) => fragment + place(index)).join('')
    return CompiledQuery.raw(text + this.#text, this.#values) as CompiledQuery<Row>
  }
}

/** A name as SQL quotes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
