import { err, FailureError, failure, ok, type Result } from '@ashlar/result'
import { ServiceDiscovery, type ServiceRegistry } from '@ashlar/service-discovery'
import { healthEndpoints } from '@ashlar/service-discovery/health'
import { openShop } from '../composition.ts'
import { registryOf } from '../infrastructure/services/registry-of.ts'
import { readOptions } from './read-options.ts'
import { routesOf, type ServiceName } from './services/routes.ts'
import { ServiceServer } from './services/service-server.ts'

const usage = `Serves a part of a shop to other processes, until SIGTERM or SIGINT.

Usage: npm run shop -- serve inventory|payments --directory DIR --registry REGISTRY [options]

Options:
  --directory DIR       where the shop's files lie
  --registry REGISTRY   where others find it: consul:URL, or etcd:URL[,URL…]
  --host HOST           an address that others can reach; 127.0.0.1 unless told
  --port N              0, unless told, takes a free one
  --help                shows this text`

/** After so long a silence it counts as dead. */
const ttlMs = 2_000
/** How long it still answers after it has said that it leaves. */
const drainMs = 300

type ServeOptions = {
  readonly service: ServiceName
  readonly directory: string
  readonly registry: ServiceRegistry
  readonly host: string
  readonly port: number
}

/** Opens the shop on its files, and answers for one part of it. */
export async function runServe([service = '', ...argv]: readonly string[]): Promise<number> {
  if (service === '--help') return help()
  const options = readOptions(argv, {
    directory: { type: 'string' },
    registry: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  }).andThen((values) => (values.help ? ok(undefined) : checked(service, values)))
  if (options.isErr()) return badUsage(options.error.message)
  if (options.value === undefined) return help()
  return serve(options.value)
}

async function serve({ service, directory, registry, host, port }: ServeOptions): Promise<number> {
  const stop = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.resolve())
  const closing: (() => Promise<unknown>)[] = [() => registry.close()]
  try {
    const shop = await openShop({ store: 'sqlite', directory, isFulfilling: false })
    closing.unshift(() => shop.close())
    const health = healthEndpoints()
    const server = await ServiceServer.listen({ host, port }, routesOf(service, shop), health)
    closing.unshift(() => server.close())
    const discovery = new ServiceDiscovery({ registry })
    closing.unshift(() => discovery.close())
    const lease = await discovery.registerService({ service, host, port: server.port, ttlMs })
    if (lease.isErr()) throw new FailureError(lease.error)
    console.log(`${service} ${host}:${server.port} is at work in ${directory}`)

    await stop.promise
    health.drain()
    await discovery.drain()
    await new Promise((resolve) => setTimeout(resolve, drainMs))
    return 0
  } finally {
    // out of the registry first, then what has been asked is answered
    for (const close of closing) await close()
  }
}

function checked(
  service: string,
  values: {
    readonly directory?: string
    readonly registry?: string
    readonly host: string
    readonly port: string
  },
): Result<ServeOptions, { readonly message: string }> {
  const { directory, registry, host } = values
  const port = Number(values.port)
  if (service !== 'inventory' && service !== 'payments')
    return err(failure('BadUsage', `the service must be inventory or payments, found "${service}"`))
  if (directory === undefined) return err(failure('BadUsage', '--directory is missing'))
  if (registry === undefined) return err(failure('BadUsage', '--registry is missing'))
  if (values.port === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    return err(failure('BadUsage', `--port must be a whole number from 0 to 65535, found "${values.port}"`))
  return registryOf(registry).map((opened) => ({ service, directory, registry: opened, host, port }))
}

function help(): number {
  console.log(usage)
  return 0
}

function badUsage(problem: string): number {
  console.error(`${problem}\n\n${usage}`)
  return 2
}
