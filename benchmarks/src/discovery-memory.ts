import { InMemoryRegistry, ServiceDiscovery } from '@ashlar/service-discovery'
import { print } from './harness.ts'

const services = 1_000
const instancesOfEach = 3

const registry = new InMemoryRegistry()
for (let service = 0; service < services; service++)
  for (let instance = 0; instance < instancesOfEach; instance++) {
    const registered = await registry.register({
      service: `service-${service}`,
      host: `10.${instance}.${service >> 8}.${service & 255}`,
      port: 8_080,
      ttlMs: 86_400_000,
    })
    if (registered.isErr()) throw new Error(registered.error.message)
  }

const before = heap()
const discovery = new ServiceDiscovery({ registry })
for (let service = 0; service < services; service++) {
  const client = discovery.serviceClient(`service-${service}`)
  const endpoint = await client.endpoint()
  if (endpoint.isErr()) throw new Error(endpoint.error.message)
}
print({
  bench: 'discovery/memory-1000-services',
  value: Number(((heap() - before) / 2 ** 20).toFixed(1)),
  unit: 'MB',
  goal: 50,
  better: 'lower',
})
await discovery.close()
await registry.close()

function heap(): number {
  for (let round = 0; round < 4; round++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
