import { parseArgs } from 'node:util'
import { checkCommand } from './check-command.ts'
import { codegenCommand } from './codegen-command.ts'
import { complained, type Outcome, said } from './outcome.ts'
import { escaped } from './source-text.ts'
import { usage, wrongCall } from './usage.ts'

/**
 * Runs one command of `flags`.
 *
 * @param args - without the names of node and of the script
 * @param version - tells the version of the package
 * @returns what there is to say, and the exit status; never throws
 */
export async function runCommand(args: readonly string[], version: () => string): Promise<Outcome> {
  try {
    const { values, positionals } = parsed(args)
    if (values.help) return said(usage)
    if (values.version) return said(`${version()}\n`)
    return await dispatch(positionals, values)
  } catch (error) {
    return isWrongCall(error)
      ? wrongCall(error.message)
      : complained(1, `flags: ${escaped(messageOf(error))}\n`)
  }
}

/** Options of the commands. */
interface CommandOptions {
  readonly out?: string
  readonly name?: string
}

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      out: { type: 'string' },
      name: { type: 'string' },
    },
  })
}

async function dispatch(
  [command, file, ...more]: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  if (command === undefined) return wrongCall('expected a command, found none')
  if (command !== 'check' && command !== 'codegen')
    return wrongCall(`expected check or codegen, found "${command}"`)
  if (file === undefined) return wrongCall(`${command}: expected a FILE, found none`)
  if (more.length > 0) return wrongCall(`${command}: expected one FILE, found ${more.length + 1}`)
  if (command === 'codegen') return codegenCommand(file, options)
  if (options.out !== undefined || options.name !== undefined)
    return wrongCall('check: --out and --name are options of codegen')
  return checkCommand(file)
}

function isWrongCall(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
