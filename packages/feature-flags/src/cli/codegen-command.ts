import { realpath, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { builtInOperators } from '../document/built-in-operators.ts'
import { generateModule } from './generate-module.ts'
import { complained, type Outcome, said } from './outcome.ts'
import { extraOperators, readDocument } from './read-document.ts'
import { escaped } from './source-text.ts'
import { wrongCall } from './usage.ts'

/** Writes a module that defines a document's flags. */
export async function codegenCommand(
  file: string,
  { out, name = 'flags' }: { readonly out?: string; readonly name?: string },
): Promise<Outcome> {
  if (!isName(name)) return wrongCall(`codegen: --name must be the name of a constant, found ${name}`)
  if (out !== undefined && (await placeOf(out)) === (await placeOf(file)))
    return wrongCall('codegen: --out is the document itself')

  const document = await readDocument(file)
  if (document.isErr())
    return complained(1, document.error.lines.map((line) => `${escaped(line)}\n`).join(''))
  const operators = [...builtInOperators, ...extraOperators]
  const module = generateModule(document.value, { name, operators })
  if (module.isErr()) return complained(1, `${escaped(`${file}: ${module.error.message}`)}\n`)
  if (out === undefined) return said(module.value)
  await writeFile(out, module.value)
  return said('')
}

/** Where a file is, by whatever link it is called; one that is not there yet has its name only. */
function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path))
}

/** Words of the language, and names that the module needs for itself. */
const taken: ReadonlySet<string> = new Set(
  [
    'break case catch class const continue debugger default delete do else enum export extends false finally for',
    'function if import in instanceof new null return super switch this throw true try typeof var void while with',
    'implements interface let package private protected public static yield await arguments eval undefined',
    'defineFlags flag hasShape Array Map Object',
  ].flatMap((line) => line.split(' ')),
)

function isName(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) && !taken.has(text)
}
