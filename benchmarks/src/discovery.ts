import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { p2cEwma, roundRobin, ServiceDiscovery } from '@ashlar/service-discovery'
import { ScriptedRegistry } from '@ashlar/service-discovery/testing'
import { bytesPerOperation } from './allocation.ts'
import { compare, print } from './harness.ts'

const registry = new ScriptedRegistry()
const discovery = new ServiceDiscovery({ registry })
registry.tell(
  'ten',
  Array.from({ length: 10 }, (_, at) => ({ host: `10.0.0.${at + 1}`, port: 80 })),
)
await known('ten')

/** What is picked is looked at, so that no pick can be left out. */
let checksum = 0
const ports = Array.from({ length: 10 }, (_, at) => ({ port: at }))
const byHand = (operations: number) => () => {
  let next = 0
  for (let count = 0; count < operations; count++)
    checksum = (checksum + (ports[next++ % ports.length] as { port: number }).port) | 0
}
for (const [policy, goal] of [
  [roundRobin(), 0.5],
  [p2cEwma(), 0.04],
] as const) {
  const client = discovery.serviceClient('ten', { balancer: policy })
  await compare({
    bench: `discovery/pick-${policy.name}`,
    baseline: 'array[i++ % n]',
    goal,
    ours: (operations) => () => {
      for (let count = 0; count < operations; count++) checksum = (checksum + (client.pick()?.port ?? 0)) | 0
    },
    theirs: byHand,
  })
  print({
    bench: `discovery/pick-${policy.name}-allocation`,
    value: await bytesPerOperation((operations) => {
      for (let count = 0; count < operations; count++) checksum = (checksum + (client.pick()?.port ?? 0)) | 0
    }),
    unit: 'bytes/pick',
    goal: 0,
    better: 'lower',
  })
}

const server = spawn(process.execPath, [fileURLToPath(new URL('./discovery/server.cjs', import.meta.url))], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await Array.fromAsync(firstLine())
const port = Number(line)
registry.tell('echo', [{ host: '127.0.0.1', port }])
await known('echo')
const echo = discovery.serviceClient('echo')
await compare({
  bench: 'discovery/fetch',
  baseline: 'bare fetch',
  goal: 0.87,
  // long enough that both sides are compiled, as they are in a program that makes more than a few calls
  batchMs: 200,
  ours: asking(() => echo.fetch('/orders/1')),
  theirs: asking(() => fetch(`http://127.0.0.1:${port}/orders/1`)),
})
await compare({
  bench: 'discovery/execute',
  baseline: 'the same work, called directly',
  ours: (operations) => async () => {
    for (let count = 0; count < operations; count++) await echo.execute(work)
  },
  theirs: (operations) => async () => {
    for (let count = 0; count < operations; count++) await work()
  },
})
server.kill()
await discovery.close()
await registry.close()
if (checksum === 0) throw new Error('nothing was picked')

async function known(service: string): Promise<void> {
  const snapshot = await discovery.snapshot(service)
  if (snapshot.isErr()) throw new Error(snapshot.error.message)
}

async function work(): Promise<number> {
  return checksum
}

async function* firstLine(): AsyncGenerator<string> {
  for await (const text of createInterface({ input: server.stdout })) {
    yield text
    return
  }
}

function asking(ask: () => Promise<Response>) {
  return (operations: number) => async () => {
    for (let count = 0; count < operations; count++) {
      const answer = await ask()
      if ((await answer.text()).length !== 11) throw new Error('expected 11 bytes')
    }
  }
}
