import type { Criteria } from '@ashlar/specification'
import { CompiledQuery } from 'kysely'
import type { NastyDatabase } from './nasty-databases.ts'
import type { Nasty } from './nasty-rows.ts'

/** A statement for a question, as one form of SQL writes it; its first column is the id. */
export type Form = (database: NastyDatabase, question: Criteria<Nasty>) => CompiledQuery

/** The query of an application, with all that the criteria ask for. */
export const applied: Form = ({ kysely, table }, question) =>
  table
    .apply((kysely as NastyDatabase['kysely']).selectFrom('Nasty rows' as never), question)
    .select('Nasty rows.id as id' as never)
    .compile()

/**
 * Asks many questions at once, as the way to the database takes longer than its answer.
 *
 * @returns the ids of each answer
 */
export async function askAll(
  database: NastyDatabase,
  form: Form,
  questions: readonly Criteria<Nasty>[],
): Promise<readonly (readonly string[])[]> {
  const queries = questions.map((question) => form(database, question))
  if (database.table.dialect === 'sqlite') {
    const answers = []
    for (const query of queries) answers.push((await database.run(query)).map(idIn))
    return answers
  }
  const parameters: unknown[] = []
  const lists = queries.map((query, index) => {
    const offset = parameters.length
    parameters.push(...query.parameters)
    const text = query.sql.replaceAll(/\$(\d+)/g, (_, place) => `$${Number(place) + offset}`)
    return `array(select id from (${text}) as q) as "${index}"`
  })
  const [row] = await database.run(CompiledQuery.raw(`select ${lists.join(', ')}`, parameters))
  return questions.map((_, index) => row?.[String(index)] as string[])
}

function idIn(row: Readonly<Record<string, unknown>>): string {
  return row.id as string
}

/** What a question is, for the message of a test that fails. */
export function described(question: Criteria<Nasty>): string {
  const order = question.orderBy.map(({ field, direction, nulls }) => `${field} ${direction} nulls ${nulls}`)
  return `${question.where ?? 'all'} order by ${order.join(', ')} ${JSON.stringify(question.page, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))}`
}
