import { describe, expect, it } from 'vitest'
import { dnsRegistry } from './dns-registry.ts'
import type { DnsRegistryOptions } from './dns-registry-options.ts'

describe('the options of the registry of DNS', () => {
  it.each<readonly [string, Record<string, unknown>]>([
    ['domain', {}],
    ['domain', { domain: '' }],
    ['srv', { srv: 'without-a-place.test' }],
    ['srv', { srv: 7 }],
    ['srv', { srv: '_{service}.test', port: 80 }],
    ['host', { domain: 'test', host: '{service}.test' }],
    ['host', { port: 80, host: 'without-a-place.test' }],
    ['port', { domain: 'test', port: 0 }],
    ['port', { domain: 'test', port: '80' }],
    ['hosts', { domain: 'test', hosts: 'ip' }],
    ['family', { domain: 'test', family: 5 }],
    ['servers', { domain: 'test', servers: [] }],
    ['servers', { domain: 'test', servers: '127.0.0.1' }],
    ['servers[1]', { domain: 'test', servers: ['127.0.0.1', 'dns.example.test'] }],
    ['servers[0]', { domain: 'test', servers: ['127.0.0.1:65536'] }],
    ['servers[0]', { domain: 'test', servers: ['[127.0.0.1]:53'] }],
    ['servers[0]', { domain: 'test', servers: [null] }],
    ['timeoutMs', { domain: 'test', timeoutMs: 0 }],
    ['minTtlMs', { domain: 'test', minTtlMs: Number.NaN }],
    ['maxTtlMs', { domain: 'test', minTtlMs: 5_000, maxTtlMs: 4_999 }],
    ['refreshMs', { domain: 'test', refreshMs: 2 ** 31 }],
  ])('refuse a bad "%s" by its name: %j', (option, options) => {
    const make = () => dnsRegistry(options as DnsRegistryOptions)

    expect(make).toThrow(RangeError)
    expect(make).toThrow(`option "${option}" must be `)
  })

  it.each([['127.0.0.1'], ['127.0.0.1:8600'], ['::1'], ['[::1]:8600']])('take the server %s', (server) => {
    const registry = dnsRegistry({ domain: 'test', servers: [server] })

    expect(registry.name).toBe(`dns ${server}`)
  })
})
