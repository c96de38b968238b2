import { err, failure, ok, type Result } from '@ashlar/result'
import { openShop } from '../composition.ts'
import { readOptions } from './read-options.ts'

const usage = `Fulfils the orders of a shop, until SIGTERM or SIGINT.

Usage: npm run shop -- worker --directory DIR [options]

Options:
  --directory DIR    where the shop's files lie
  --plugins DIR      where plugins lie; without it there are none
  --lease-ms N       after how long without a sign of life another worker takes over, 5000 unless told
  --help             shows this text`

/** Opens the shop on its files and works on its sagas; several such processes share the work. */
export async function runWorker(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, {
    directory: { type: 'string' },
    plugins: { type: 'string' },
    'lease-ms': { type: 'string', default: '5000' },
    help: { type: 'boolean', default: false },
  }).andThen((values) => (values.help ? ok(undefined) : checked(values)))
  if (options.isErr()) return badUsage(options.error.message)
  if (options.value === undefined) return help()

  const { directory, plugins, leaseMs } = options.value
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  const shop = await openShop({
    store: 'sqlite',
    directory,
    leaseMs,
    ...(plugins !== undefined && { pluginFolder: plugins }),
  })
  const running = shop.orchestrator.run({ signal: stop.signal })
  console.log(`worker ${process.pid} is at work in ${directory}`)
  await running
  await shop.close()
  return 0
}

/** The longest that a timer waits. */
const maxLeaseMs = 2 ** 31 - 1

type WorkerOptions = {
  readonly directory: string
  readonly plugins: string | undefined
  readonly leaseMs: number
}

function checked(values: {
  readonly directory?: string
  readonly plugins?: string
  readonly 'lease-ms': string
}): Result<WorkerOptions, { readonly message: string }> {
  const leaseMs = Number(values['lease-ms'])
  if (values.directory === undefined) return err(failure('BadUsage', '--directory is missing'))
  if (!Number.isInteger(leaseMs) || leaseMs < 1 || leaseMs > maxLeaseMs)
    return err(
      failure(
        'BadUsage',
        `--lease-ms must be a whole number from 1 to ${maxLeaseMs}, found "${values['lease-ms']}"`,
      ),
    )
  return ok({ directory: values.directory, plugins: values.plugins, leaseMs })
}

function help(): number {
  console.log(usage)
  return 0
}

function badUsage(problem: string): number {
  console.error(`${problem}\n\n${usage}`)
  return 2
}
