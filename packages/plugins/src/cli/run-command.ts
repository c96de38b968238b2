import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { buildPlugin } from '../build/build-plugin.ts'
import { reasonOf } from '../run/reason-of.ts'
import { checkFolder } from './check-folder.ts'
import { linesOf } from './lines-of.ts'
import { complained, escaped, type Outcome, said } from './outcome.ts'
import { usage, wrongCall } from './usage.ts'

/**
 * Runs one command of `plugin`.
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
      : complained(1, `plugin: ${escaped(reasonOf(error))}\n`)
  }
}

/** Options of the commands. */
interface CommandOptions {
  readonly out?: string
  readonly key?: string
  readonly conditions?: readonly string[]
  readonly trust?: readonly string[]
}

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      out: { type: 'string' },
      key: { type: 'string' },
      conditions: { type: 'string', multiple: true },
      trust: { type: 'string', multiple: true },
    },
  })
}

async function dispatch(
  [command, folder, ...more]: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  if (command === undefined) return wrongCall('expected a command, found none')
  if (command !== 'build' && command !== 'check')
    return wrongCall(`expected build or check, found "${command}"`)
  if (folder === undefined || folder === '') return wrongCall(`${command}: expected a FOLDER, found none`)
  if (more.length > 0) return wrongCall(`${command}: expected one FOLDER, found ${more.length + 1}`)
  const { out, key, conditions, trust } = options
  if (command === 'build') {
    if (trust !== undefined) return wrongCall('build: --trust is an option of check')
    if (out === '') return wrongCall('build: --out must name a folder, found an empty text')
    return build(folder, options)
  }
  if (out !== undefined || key !== undefined || conditions !== undefined)
    return wrongCall('check: --out, --key and --conditions are options of build')
  const keys = await Promise.all((trust ?? []).map((file) => readFile(file, 'utf8')))
  return checkFolder(folder, keys)
}

async function build(folder: string, { out, key, conditions }: CommandOptions): Promise<Outcome> {
  const built = await buildPlugin({
    folder,
    ...(out !== undefined && { outFolder: out }),
    ...(key !== undefined && { privateKey: await readFile(key, 'utf8') }),
    ...(conditions !== undefined && { conditions }),
  })
  return built.match(
    ({ manifest: { id, version }, folder: place, bytes }) =>
      said(`${escaped(`${id} ${version}: ${bytes} bytes in ${place}`)}\n`),
    (failure) => complained(1, linesOf(failure)),
  )
}

function isWrongCall(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
