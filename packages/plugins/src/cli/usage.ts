import { complained, escaped, type Outcome } from './outcome.ts'

/** What `--help` shows. */
export const usage = `Usage: plugin build FOLDER [--out FOLDER] [--key FILE] [--conditions NAME]...
       plugin check FOLDER [--trust FILE]...

build   Bundles the sources of a plugin to one file, and writes it beside a manifest with its hash.
check   Tells all that is wrong with a built plugin: manifest, paths, hash, signature. None of its code runs.

FOLDER holds a plugin.json; for build, its "entry" names the first source.

Options:
  --out FOLDER       where build puts the plugin; the folder dist of its sources unless told
  --key FILE         an Ed25519 private key as PEM, to sign with
  --trust FILE       an Ed25519 public key as PEM; the plugin must then be signed by one of those
                     given; a signed plugin is not good without
  --conditions NAME  a condition of package.json's exports that counts beside Node's own
  --help             shows this
  --version          shows the version

Exit status: 0 when all is well, 1 for a plugin that is not, 2 for a wrong call.
`

/** Says what is wrong with a call, and how it should be. */
export function wrongCall(message: string): Outcome {
  return complained(2, `plugin: ${escaped(message)}\n\n${usage}`)
}
