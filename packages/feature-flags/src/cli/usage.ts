import { complained, type Outcome } from './outcome.ts'
import { escaped } from './source-text.ts'

/** What `--help` shows. */
export const usage = `Usage: flags check FILE
       flags codegen FILE [--out FILE] [--name NAME]

check     Tells all that is wrong with a flag document.
codegen   Writes a TypeScript module that defines the document's flags by type.

FILE is a flag document as JSON, or - for the standard input.

Options:
  --out FILE   where codegen writes the module; the standard output unless told
  --name NAME  what the module calls the set of flags; flags unless told
  --help       shows this
  --version    shows the version

What codegen takes for granted:
  Variants of booleans, texts and numbers are fixed with their values, so another variant wants another module. The
  values of JSON flags stay the document's; they must have the shapes that they have now.
  The fallback is the variant that "metadata": { "fallback": … } names, else offVariant, else defaultVariant, else the
  one that is false, else the first.
  An attribute is of the first kind that all its conditions can ask about: text, number, boolean, date, list of texts,
  list of numbers. Where "contains" could look into a text or a list, a name in the plural (roles) means a list.

Exit status: 0 when all is well, 1 for a bad document or file, 2 for a wrong call.
`

/** Says what is wrong with a call, and how it should be. */
export function wrongCall(message: string): Outcome {
  return complained(2, `flags: ${escaped(message)}\n\n${usage}`)
}
