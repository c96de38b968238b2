import { complained, type Outcome, said } from './outcome.ts'
import { readDocument } from './read-document.ts'
import { escaped } from './source-text.ts'

/** Tells all that is wrong with a document, one line each. */
export async function checkCommand(file: string): Promise<Outcome> {
  const document = await readDocument(file)
  return document.match(
    ({ flags, revision }) => {
      const count = Object.keys(flags).length
      const found = `${count} ${count === 1 ? 'flag' : 'flags'}, revision "${revision}"`
      return said(`${escaped(`${file} is valid: ${found}`)}\n`)
    },
    ({ lines }) => complained(1, lines.map((line) => `${escaped(line)}\n`).join('')),
  )
}
