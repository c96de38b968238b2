import { DnsServer } from '../../test/dns/dns-server.ts'
import type { Instance } from '../registry/instance.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import { registryContract } from '../testing/registry-contract.ts'
import type { RegistryProbe } from '../testing/registry-probe.ts'
import { dnsRegistry } from './dns-registry.ts'

registryContract('DNS', async (): Promise<RegistryProbe> => {
  const server = await DnsServer.start()
  const open: ServiceRegistry[] = []
  const client = () => {
    const registry = dnsRegistry({
      domain: 'svc.example.test',
      servers: [server.address],
      timeoutMs: 1_000,
      minTtlMs: 20,
      refreshMs: 20,
    })
    open.push(registry)
    return registry
  }
  return {
    registry: client(),
    canRegister: false,
    other: async () => client(),
    publish: async (service, instances) => publish(server, service, instances),
    cut: () => server.cut(),
    mend: () => server.mend(),
    close: async () => {
      await Promise.all(open.map((registry) => registry.close()))
      await server.cut()
    },
  }
})

function publish(server: DnsServer, service: string, instances: readonly Instance[]): void {
  const name = `_${service}._tcp.svc.example.test`
  const placed = instances.map(({ host, port }) => ({ host, port, target: `host-${host}.example.test` }))
  for (const { target, host } of placed)
    server.tell(target, { kind: 'records', records: [{ type: 'A', name: target, ttl: 0, data: host }] })
  const records = placed.map(
    ({ target, port }) =>
      ({ type: 'SRV', name, ttl: 0, data: { priority: 0, weight: 0, port, target } }) as const,
  )
  server.tell(name, { kind: 'records', records })
}
