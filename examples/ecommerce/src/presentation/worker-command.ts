import { err, failure, ok, type Result } from '@ashlar/result'
import type { ServiceRegistry } from '@ashlar/service-discovery'
import { openShop } from '../composition.ts'
import { registryOf } from '../infrastructure/services/registry-of.ts'
import { readOptions } from './read-options.ts'

const usage = `Fulfils the orders of a shop, until SIGTERM or SIGINT.

Usage: npm run shop -- worker --directory DIR [options]

Options:
  --directory DIR    where the shop's files lie
  --plugins DIR      where plugins lie; without it there are none
  --registry REG     where inventory and payments are found that run as processes of their own:
                     consul:URL, or etcd:URL[,URL…]; without it they are part of this process
  --lease-ms N       after how long without a sign of life another worker takes over, 5000 unless told
  --help             shows this text`

/** Opens the shop on its files and works on its sagas; several such processes share the work. */
export async function runWorker(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv, {
    directory: { type: 'string' },
    plugins: { type: 'string' },
    registry: { type: 'string' },
    'lease-ms': { type: 'string', default: '5000' },
    help: { type: 'boolean', default: false },
  }).andThen((values) => (values.help ? ok(undefined) : checked(values)))
  if (options.isErr()) return badUsage(options.error.message)
  if (options.value === undefined) return help()

  const { directory, plugins, services, leaseMs } = options.value
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  const shop = await openShop({
    store: 'sqlite',
    directory,
    leaseMs,
    ...(plugins !== undefined && { pluginFolder: plugins }),
    ...(services !== undefined && { services }),
  })
  const running = shop.orchestrator.run({ signal: stop.signal })
  console.log(`worker ${process.pid} is at work in ${directory}`)
  await running
  await shop.close()
  await services?.close()
  return 0
}

/** The longest that a timer waits. */
const maxLeaseMs = 2 ** 31 - 1

type WorkerOptions = {
  readonly directory: string
  readonly plugins: string | undefined
  readonly services: ServiceRegistry | undefined
  readonly leaseMs: number
}

function checked(values: {
  readonly directory?: string
  readonly plugins?: string
  readonly registry?: string
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
  const { directory, plugins, registry } = values
  if (registry === undefined) return ok({ directory, plugins, services: undefined, leaseMs })
  return registryOf(registry).map((services) => ({ directory, plugins, services, leaseMs }))
}

function help(): number {
  console.log(usage)
  return 0
}

function badUsage(problem: string): number {
  console.error(`${problem}\n\n${usage}`)
  return 2
}
