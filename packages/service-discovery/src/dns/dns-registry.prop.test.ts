import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DnsServer } from '../../test/dns/dns-server.ts'
import { addressProblem } from '../registry/address.ts'
import { dnsRegistry } from './dns-registry.ts'

const name = '_payments._tcp.svc.example.test'
let server: DnsServer

beforeAll(async () => {
  server = await DnsServer.start()
})

afterAll(() => server.cut())

describe('the registry of DNS, whatever it is answered', () => {
  it('has only instances that can be reached, each once, for any records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(place, { maxLength: 12 }), async (places) => {
        const records = places.map(
          (data) =>
            ({ type: 'SRV', name, ttl: 1, data: { ...data, target: `${data.label}.t.test` } }) as const,
        )
        server.tell(name, { kind: 'records', records })
        for (const { label, address } of places) {
          const target = `${label}.t.test`
          server.tell(target, {
            kind: 'records',
            records: [{ type: 'A', name: target, ttl: 1, data: address }],
          })
        }
        await using registry = dnsRegistry({ domain: 'svc.example.test', servers: [server.address] })

        const { instances } = (await registry.get('payments'))._unsafeUnwrap()

        expect(instances.filter(({ host, port }) => addressProblem(host, port) !== undefined)).toEqual([])
        expect(new Set(instances.map(({ id }) => id)).size).toBe(instances.length)
        expect(instances.every(({ weight }) => weight >= 1 && weight <= 65_535)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('gives an answer to any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(65_535), async (bytes, count) => {
        server.tell(name, { kind: 'bytes', bytes, count })
        await using registry = dnsRegistry({
          domain: 'svc.example.test',
          servers: [server.address],
          timeoutMs: 1_000,
        })

        const found = await registry.get('payments')

        expect(found.isErr() ? found.error.type : found.value.instances).toEqual(
          found.isErr() ? 'RegistryUnavailable' : [],
        )
      }),
      { numRuns: 100 },
    )
  })
})

const place = fc.record({
  label: fc.oneof(
    fc.constantFrom('a', 'b', 'c', 'd_e', 'x'.repeat(63)),
    fc.stringMatching(/^[!-+/:-Z^-~ -]{1,20}$/),
  ),
  address: fc.oneof(fc.ipV4(), fc.constant('0.0.0.0')),
  priority: fc.nat(2),
  weight: fc.nat(65_535),
  port: fc.nat(65_535),
})
