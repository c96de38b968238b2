import { silentLogger } from '@ashlar/kernel'
import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import { InMemoryRegistry } from '../memory/in-memory-registry.ts'
import type { Lease } from '../registry/lease.ts'
import { RegistryClosedError } from '../registry/registry-closed-error.ts'
import { registryDenied, registryFiltered } from '../registry/registry-failure.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { DiscoveryClosedError } from './discovery-closed-error.ts'
import { ServiceDiscovery, type ServiceDiscoveryOptions } from './service-discovery.ts'

const a = { id: 'a', host: '10.0.0.1', port: 80 }
const b = { id: 'b', host: '10.0.0.2', port: 80 }
const orders = { service: 'orders', id: 'a', host: '10.0.0.1', port: 80 }

let timer: ManualTimer
let registry: ScriptedRegistry
let memory: InMemoryRegistry
let opened: ServiceDiscovery[]
let unhandled: unknown[]
const note = (reason: unknown) => unhandled.push(reason)
beforeEach(() => {
  timer = manualTimer()
  registry = new ScriptedRegistry()
  registry.tell('orders', [a, b])
  memory = new InMemoryRegistry({ timer, random: { next: () => 0.5 } })
  opened = []
  unhandled = []
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  for (const discovery of opened) await discovery.close()
  await registry.close()
  await memory.close()
  // what nobody handles is told after the microtasks
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

function discoveryOf(options: Partial<ServiceDiscoveryOptions> = {}): ServiceDiscovery {
  const discovery = new ServiceDiscovery({ registry, timer, balancer: inOrder, ...options })
  opened.push(discovery)
  return discovery
}

/** Lets microtasks pass until nobody does anything but wait. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await Promise.resolve()
}

/** Registers what it is asked, and does what a test wants first. */
function registering(prepare: () => Promise<void>): ServiceRegistry {
  const register: ServiceRegistry['register'] = async (registration) => {
    await prepare()
    return memory.register(registration)
  }
  return Object.assign(memory.client(), { register })
}

const known = async () =>
  (await memory.get('orders'))._unsafeUnwrap().instances.map(({ id, health }) => `${id} ${health}`)

describe('an endpoint', () => {
  it('is where an instance is', async () => {
    const metadata = { version: '1' }
    registry.tell('orders', [{ ...a, tags: ['green'], metadata }])

    const endpoint = (await discoveryOf().getServiceEndpoint('orders'))._unsafeUnwrap()

    expect(endpoint).toEqual({
      serviceName: 'orders',
      instanceId: 'a',
      address: '10.0.0.1',
      port: 80,
      tags: ['green'],
      metadata,
    })
  })

  it('is chosen by one watch, however many ask', async () => {
    const discovery = discoveryOf()

    const endpoints = await Promise.all(
      Array.from({ length: 1_000 }, () => discovery.getServiceEndpoint('orders')),
    )

    expect(endpoints.map((endpoint) => endpoint._unsafeUnwrap().instanceId)).toEqual(
      Array.from({ length: 1_000 }, (_, at) => 'ab'[at % 2]),
    )
    expect(registry.watches).toBe(1)
  })

  it.each([
    ['there is none', () => registry.tell('orders', []), { type: 'NoInstances', known: 0 }],
    [
      'none is well',
      () =>
        registry.tell('orders', [
          { ...a, health: 'critical' },
          { ...b, health: 'draining' },
        ]),
      { type: 'NoInstances', known: 2 },
    ],
    ['the registry is down', () => registry.fail(), { type: 'RegistryUnavailable' }],
    ['the registry refuses us', () => registry.fail(registryDenied('x', 'no')), { type: 'RegistryDenied' }],
    [
      'the registry hides them',
      () => registry.fail(registryFiltered('x', 'orders')),
      { type: 'RegistryFiltered' },
    ],
  ])('is a failure of its own where %s', async (_, prepare, expected) => {
    prepare()

    expect((await discoveryOf().getServiceEndpoint('orders'))._unsafeUnwrapErr()).toMatchObject(expected)
  })

  it.each(['', '../x', 'two words', 's'.repeat(10_240)])('is refused for the name %j', async (service) => {
    const discovery = discoveryOf()

    const refused = [
      await discovery.getServiceEndpoint(service),
      await discovery.checkHealth(service),
      await discovery.snapshot(service),
    ]

    expect(refused.map((result) => result._unsafeUnwrapErr().type)).toEqual([
      'ServiceNameInvalid',
      'ServiceNameInvalid',
      'ServiceNameInvalid',
    ])
    expect(() => discovery.serviceClient(service)).toThrow(TypeError)
    expect(registry.watches).toBe(0)
  })

  it('comes late where the first answer is late, and is right then', async () => {
    const gate = Promise.withResolvers<void>()
    const late = Object.assign(new ScriptedRegistry(), {
      watch: async function* (service: string, options: { readonly signal: AbortSignal }) {
        await gate.promise
        yield* registry.watch(service, options)
      },
    })
    const discovery = discoveryOf({ registry: late, firstAnswerMs: 2_000 })

    const asked = discovery.getServiceEndpoint('orders')
    await settled()
    timer.advance(2_000)
    expect((await asked)._unsafeUnwrapErr()).toMatchObject({
      type: 'RegistryUnavailable',
      reason: 'no answer within 2000 ms',
    })
    gate.resolve()
    await settled()

    expect((await discovery.getServiceEndpoint('orders')).isOk()).toBe(true)
  })

  it('is found ten thousand times while the registry is down for an hour', async () => {
    const discovery = discoveryOf()
    await orThrow(discovery.snapshot('orders'))
    registry.fail()
    await settled()

    let failed = 0
    for (let picks = 0; picks < 10_000; picks++) {
      timer.advance(360)
      if ((await discovery.getServiceEndpoint('orders')).isErr()) failed++
    }

    expect([failed, timer.now()]).toEqual([0, 3_600_000])
    expect((await discovery.checkHealth('orders'))._unsafeUnwrap()).toMatchObject({ isStale: true })
    registry.recover()
    await settled()
    expect((await discovery.checkHealth('orders'))._unsafeUnwrap()).toMatchObject({ isStale: false })
  })

  it('may be too old', async () => {
    const discovery = discoveryOf({ maxStaleMs: 60_000 })
    await orThrow(discovery.snapshot('orders'))
    registry.fail()
    await settled()

    timer.advance(60_000)
    expect((await discovery.getServiceEndpoint('orders')).isOk()).toBe(true)
    timer.advance(1)

    expect((await discovery.getServiceEndpoint('orders'))._unsafeUnwrapErr().type).toBe('RegistryUnavailable')
    expect((await discovery.checkHealth('orders'))._unsafeUnwrapErr().type).toBe('RegistryUnavailable')
  })

  it('stays where the registry is closed under us', async () => {
    const discovery = discoveryOf()
    await orThrow(discovery.snapshot('orders'))

    await registry.close()
    await settled()

    expect((await discovery.getServiceEndpoint('orders')).isOk()).toBe(true)
    expect((await discovery.getServiceEndpoint('payments'))._unsafeUnwrapErr().type).toBe(
      'RegistryUnavailable',
    )
    await expect(discovery.registerService(orders)).rejects.toBeInstanceOf(RegistryClosedError)
  })

  it('is waited for as long as the signal lets it', async () => {
    const discovery = discoveryOf({
      registry: Object.assign(new ScriptedRegistry(), {
        watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
      }),
    })
    const stop = new AbortController()
    const { signal } = stop

    const asked = [
      discovery.getServiceEndpoint('orders', { signal }),
      discovery.checkHealth('orders', { signal }),
      discovery.snapshot('orders', { signal }),
    ]
    stop.abort('enough')

    for (const one of [...asked, discovery.snapshot('orders', { signal })])
      await expect(one).rejects.toBe('enough')
  })
})

describe('the health of a service', () => {
  it('counts who can be called, and who is known', async () => {
    registry.tell('orders', [
      a,
      { ...b, health: 'warning' },
      { ...b, id: 'c', health: 'critical' },
      { ...b, id: 'd', health: 'draining' },
    ])
    const discovery = discoveryOf()
    const { asOf } = (await discovery.snapshot('orders'))._unsafeUnwrap()

    const health = (await discovery.checkHealth('orders'))._unsafeUnwrap()

    expect(health).toEqual({
      serviceName: 'orders',
      healthyInstances: 2,
      totalInstances: 4,
      isHealthy: true,
      lastChecked: new Date(asOf).toISOString(),
      isStale: false,
    })
  })

  it('is none of a service that nobody knows', async () => {
    const health = (await discoveryOf().checkHealth('nobody'))._unsafeUnwrap()

    expect(health).toMatchObject({ healthyInstances: 0, totalInstances: 0, isHealthy: false })
  })
})

describe('following a service', () => {
  it('tells the newest only where the reader is slow', async () => {
    const stop = new AbortController()
    const told = discoveryOf().watch('orders', { signal: stop.signal })
    await told.next()

    for (let weight = 1; weight <= 100; weight++) {
      registry.tell('orders', [{ ...a, weight }])
      await settled()
    }
    const next = (await told.next()).value

    expect(next?._unsafeUnwrap().instances.map(({ weight }) => weight)).toEqual([100])
    const last = told.next()
    stop.abort('enough')
    await expect(last).rejects.toBe('enough')
  })

  it('shows what is held back, and then what is true', async () => {
    registry.tell('orders', [a, b, { ...a, id: 'c' }])
    const discovery = discoveryOf({ massDrop: { holdMs: 10_000 } })
    const told = discovery.watch('orders', { signal: new AbortController().signal })
    await told.next()

    registry.tell('orders', [a])
    await settled()
    expect((await discovery.checkHealth('orders'))._unsafeUnwrap().healthyInstances).toBe(3)
    timer.advance(10_000)

    expect((await discovery.checkHealth('orders'))._unsafeUnwrap().healthyInstances).toBe(1)
    expect((await told.next()).value?._unsafeUnwrap().instances.map(({ id }) => id)).toEqual(['a'])
  })

  it('refuses a name that no service can have, and ends', async () => {
    const told: unknown[] = []
    for await (const result of discoveryOf().watch('../x', { signal: new AbortController().signal }))
      told.push(result._unsafeUnwrapErr().type)

    expect(told).toEqual(['ServiceNameInvalid'])
  })
})

describe('a registration', () => {
  it('is known until it is deregistered', async () => {
    const discovery = discoveryOf({ registry: memory })

    const lease = (await discovery.registerService(orders))._unsafeUnwrap()
    expect(await known()).toEqual(['a passing'])
    expect((await discovery.deregisterService('orders', 'a')).isOk()).toBe(true)

    expect([await known(), lease.state]).toEqual([[], 'released'])
  })

  it('can not be ended that was not begun, or not here, or twice', async () => {
    const discovery = discoveryOf({ registry: memory })
    const other = discoveryOf({ registry: memory })
    await orThrow(discovery.registerService(orders))

    const refused = [
      await discovery.deregisterService('orders', 'b'),
      await discovery.deregisterService('payments', 'a'),
      await discovery.deregisterService('orders a', ''),
      await other.deregisterService('orders', 'a'),
    ]
    await orThrow(discovery.deregisterService('orders', 'a'))
    refused.push(await discovery.deregisterService('orders', 'a'))

    expect(refused.map((result) => result._unsafeUnwrapErr().type)).toEqual(
      Array.from({ length: 5 }, () => 'LeaseNotFound'),
    )
  })

  it.each([null, undefined, {}, { ...orders, host: '0.0.0.0' }])('of %j is refused', async (registration) => {
    const refused = await discoveryOf({ registry: memory }).registerService(registration as never)

    expect(refused._unsafeUnwrapErr().type).toMatch(/^(RegistrationInvalid|ServiceNameInvalid)$/)
  })

  it('of the same id takes the place of the first, for good', async () => {
    const discovery = discoveryOf({ registry: memory })
    const first = (await discovery.registerService(orders))._unsafeUnwrap()
    await orThrow(discovery.registerService({ ...orders, port: 81 }))

    await orThrow(first.release())
    expect(await known()).toEqual(['a passing'])
    await orThrow(discovery.deregisterService('orders', 'a'))
    for (let beats = 0; beats < 20; beats++) {
      timer.advance(5_000)
      await settled()
    }

    expect([await known(), first.state]).toEqual([[], 'released'])
  })

  it('is not kept when its lease was released by hand', async () => {
    const discovery = discoveryOf({ registry: memory })
    const lease = (await discovery.registerService(orders))._unsafeUnwrap()
    let drained = 0
    Object.assign(lease, { drain: async () => void drained++ })
    await orThrow(lease.release())

    await orThrow(discovery.registerService({ ...orders, id: 'b' }))
    await discovery.drain()

    expect([drained, await known()]).toEqual([0, ['b draining']])
  })

  it('drains with all others', async () => {
    const discovery = discoveryOf({ registry: memory })
    await orThrow(discovery.registerService(orders))
    await orThrow(discovery.registerService({ ...orders, id: 'b' }))

    expect(await discovery.drain()).toEqual([])

    expect(await known()).toEqual(['a draining', 'b draining'])
  })
})

describe('a close', () => {
  it('releases leases, ends watches and clients, and leaves no timer', async () => {
    const discovery = discoveryOf({ registry: memory })
    const lease = (await discovery.registerService(orders))._unsafeUnwrap()
    const told = discovery.watch('orders', { signal: new AbortController().signal })
    await told.next()
    const next = told.next()
    await orThrow(discovery.getServiceEndpoint('orders'))

    await discovery.close()
    await discovery[Symbol.asyncDispose]()

    expect([await known(), lease.state, timer.waits]).toEqual([[], 'released', []])
    expect(await next).toEqual({ done: true, value: undefined })
    expect((await memory.get('orders')).isOk()).toBe(true)
  })

  it('refuses what comes after it', async () => {
    const discovery = discoveryOf({ registry: memory })
    await discovery.close()
    const { signal } = new AbortController()

    const asked = [
      discovery.getServiceEndpoint('orders'),
      discovery.registerService(orders),
      discovery.checkHealth('orders'),
      discovery.snapshot('orders'),
      discovery.watch('orders', { signal }).next(),
    ]

    for (const one of asked) await expect(one).rejects.toBeInstanceOf(DiscoveryClosedError)
    expect(() => discovery.serviceClient('orders')).toThrow(DiscoveryClosedError)
    expect((await discovery.deregisterService('orders', 'a')).isErr()).toBe(true)
    expect(await known()).toEqual([])
  })

  it('takes out what was being registered meanwhile', async () => {
    const gate = Promise.withResolvers<void>()
    const discovery = discoveryOf({ registry: registering(() => gate.promise) })

    const asked = discovery.registerService(orders)
    const refused = expect(asked).rejects.toBeInstanceOf(DiscoveryClosedError)
    await discovery.close()
    gate.resolve()
    await refused

    expect([await known(), timer.waits]).toEqual([[], []])
  })

  it('is waited for by everybody who closes', async () => {
    const gate = Promise.withResolvers<void>()
    const slow: ServiceRegistry['register'] = async (registration, options) => {
      const registered = await memory.register(registration, options)
      return registered.map((lease): Lease => {
        const release = lease.release.bind(lease)
        return Object.assign(lease, { release: () => gate.promise.then(() => release()) })
      })
    }
    const discovery = discoveryOf({ registry: Object.assign(memory.client(), { register: slow }) })
    await orThrow(discovery.registerService(orders))
    const ended: string[] = []

    const first = discovery.close().then(() => ended.push('first'))
    const second = discovery.close().then(() => ended.push('second'))
    await settled()
    expect(ended).toEqual([])
    gate.resolve()
    await Promise.all([first, second])

    expect(await known()).toEqual([])
  })

  it('tells what it could not release, and throws nothing', async () => {
    const logged: unknown[] = []
    const logger = { ...silentLogger, warn: (_: object, message?: string) => void logged.push(message) }
    const discovery = discoveryOf({ registry: memory, logger })
    const lease = (await discovery.registerService(orders))._unsafeUnwrap()
    Object.assign(lease, { release: async () => (await memory.get('../x')).map(() => undefined) })

    await discovery.close()

    expect(logged).toEqual(['a registration is left to its time'])
  })

  it('lets those go who wait for a first answer', async () => {
    const hanging = Object.assign(new ScriptedRegistry(), {
      watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
    })
    const discovery = discoveryOf({ registry: hanging })
    const asked = discovery.getServiceEndpoint('orders')
    await settled()

    await discovery.close()

    expect((await asked)._unsafeUnwrapErr().type).toBe('RegistryUnavailable')
    expect(timer.waits).toEqual([])
  })
})

describe('the options', () => {
  it.each([
    { maxStaleMs: -1 },
    { maxStaleMs: Number.NaN },
    { firstAnswerMs: 0 },
    { firstAnswerMs: 2 ** 31 },
    { firstAnswerMs: Number.NaN },
    { massDrop: { maxShare: 2 } },
    { outliers: { panicShare: 2 } },
  ])('refuse %j', (options) => {
    expect(() => discoveryOf(options)).toThrow(RangeError)
  })
})
