/** What every gate of ours shares: a root folder as its one argument, and findings as `file:line what is wrong`. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))
const argument = process.argv[2]

/** The repository, unless the first argument names another tree (the architecture tests hand in small ones). */
export const root = resolve(argument === undefined || argument.startsWith('-') ? repository : argument)

/** Prints the findings in order and sets the exit code. */
export function report(gate, findings, looked) {
  for (const finding of [...findings].sort()) console.log(finding)
  console.log(`${gate}: ${looked}, ${findings.length} findings`)
  process.exitCode = findings.length > 0 ? 1 : 0
}
