import type { ServiceRegistry, Snapshot } from '@ashlar/service-discovery'
import { etcdRegistry } from '@ashlar/service-discovery/etcd'
import { startEtcd } from '@ashlar/test-etcd'
import { median, print } from './harness.ts'

const cluster = await startEtcd({ nodes: 3 })
const { endpoints } = cluster
const registries: ServiceRegistry[] = []
const client = (): ServiceRegistry => {
  const registry = etcdRegistry({ endpoints, timeoutMs: 500 })
  registries.push(registry)
  return registry
}
const writer = client()

/** Follows a service, and tells when it is as wanted. */
async function watching(service: string) {
  const waiting = new Set<{ isWanted: (snapshot: Snapshot) => boolean; seen: (atMs: number) => void }>()
  const first = Promise.withResolvers<void>()
  const follow = async () => {
    for await (const told of client().watch(service, { signal: new AbortController().signal })) {
      const atMs = performance.now()
      first.resolve()
      for (const wait of waiting)
        if (told.isOk() && wait.isWanted(told.value)) {
          waiting.delete(wait)
          wait.seen(atMs)
        }
    }
  }
  follow().catch((error: unknown) => first.reject(error))
  await first.promise
  return (isWanted: (snapshot: Snapshot) => boolean) =>
    new Promise<number>((seen) => waiting.add({ isWanted, seen }))
}

async function registered(service: string, port: number, ttlMs: number, registry = writer) {
  const lease = await registry.register({ service, host: '10.0.0.1', port, ttlMs })
  if (lease.isErr()) throw new Error(lease.error.message)
  return lease.value
}

const has = (port: number) => (snapshot: Snapshot) => snapshot.instances.some((one) => one.port === port)
const hasNot = (port: number) => (snapshot: Snapshot) => !has(port)(snapshot)

const seenOf = await watching('changes')
const changes: number[] = []
for (let port = 1; port <= 60; port++) {
  const seen = seenOf(has(port))
  const startedAt = performance.now()
  await registered('changes', port, 60_000)
  changes.push((await seen) - startedAt)
}
changes.sort((one, other) => one - other)
print(latency('etcd-change-median', median(changes)))
print(latency('etcd-change-p95', changes[Math.floor(changes.length * 0.95)] as number, 50))

const ttlMs = 2_000
const outliving: number[] = []
const seenOfDead = await watching('dead')
for (let round = 0; round < 3; round++) {
  const dying = client()
  await registered('dead', 1, ttlMs, dying)
  const gone = seenOfDead(hasNot(1))
  const diedAt = performance.now()
  await dying.close()
  outliving.push((await gone) - diedAt)
}
print(latency(`etcd-dead-out-ttl-${ttlMs}`, Math.max(...outliving), ttlMs + 500))

const forgotten: number[] = []
const seenOfLost = await watching('lost')
const lease = await registered('lost', 1, 5_000)
for (let round = 0; round < 3; round++) {
  const gone = seenOfLost(hasNot(1))
  await deleteAll('/services/lost/')
  const lostAt = await gone
  forgotten.push((await seenOfLost(has(1))) - lostAt)
}
print(latency('etcd-registered-again-ttl-5000', Math.max(...forgotten), 2_000))
await lease.release()

const seenAfter = await watching('after')
const leader = await cluster.leader()
const killedAt = performance.now()
await cluster.kill(leader)
const back = seenAfter(has(1))
for (let isDone = false; !isDone; )
  isDone = (await writer.register({ service: 'after', host: '10.0.0.1', port: 1, ttlMs: 60_000 })).isOk()
print(latency('etcd-change-after-leader-killed', (await back) - killedAt))

for (const registry of registries) await registry.close()
await cluster.close()
process.exit(0)

function latency(name: string, value: number, goal?: number) {
  return {
    bench: `discovery/${name}`,
    value: Number(value.toPrecision(3)),
    unit: 'ms',
    ...(goal !== undefined && { goal }),
    better: 'lower',
  } as const
}

async function deleteAll(prefix: string): Promise<void> {
  const key = Buffer.from(prefix).toString('base64')
  const range_end = Buffer.from(`${prefix.slice(0, -1)}0`).toString('base64')
  const url = `${endpoints[0]}/v3/kv/deleterange`
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ key, range_end }) })
  if (!answer.ok) throw new Error(await answer.text())
}
