import { parseArgs } from 'node:util'
import { err, type Failure, failure, fromThrowable, ok, type Result } from '@ashlar/result'
import type { StoreKind } from '../../composition.ts'

export type ReplayOptions = {
  readonly file: string
  readonly store: StoreKind
  readonly limitRows?: number
  readonly isJson: boolean
  /** Where the shop's files go and stay; a temporary folder where absent. */
  readonly directory?: string
}

export type BadUsage = Failure<'BadUsage'>

/** Reads the command line; undefined when only help is wanted. */
export function readReplayOptions(argv: readonly string[]): Result<ReplayOptions | undefined, BadUsage> {
  return parse(argv).andThen(({ values, positionals }): Result<ReplayOptions | undefined, BadUsage> => {
    if (values.help) return ok(undefined)
    const [file, ...more] = positionals
    if (file === undefined) return badUsage('FILE is missing')
    if (more.length > 0) return badUsage(`expected one FILE, found ${positionals.length}`)
    const { store, directory, json: isJson } = values
    if (store !== 'memory' && store !== 'sqlite')
      return badUsage(`--store must be memory or sqlite, found "${store}"`)
    const limit = values['limit-rows']
    if (limit !== undefined && !/^[1-9]\d{0,14}$/.test(limit))
      return badUsage(`--limit-rows must be a whole number from 1, found "${limit}"`)
    const options: ReplayOptions = {
      file,
      store,
      isJson,
      ...(limit !== undefined && { limitRows: Number(limit) }),
      ...(directory !== undefined && { directory }),
    }
    return ok(options)
  })
}

const parse = fromThrowable(
  (argv: readonly string[]) =>
    parseArgs({
      args: [...argv],
      options: {
        store: { type: 'string', default: 'sqlite' },
        'limit-rows': { type: 'string' },
        json: { type: 'boolean', default: false },
        directory: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
      strict: true,
      allowPositionals: true,
    }),
  (error) => failure('BadUsage', (error as Error).message),
)

function badUsage(problem: string): Result<never, BadUsage> {
  return err(failure('BadUsage', problem))
}
