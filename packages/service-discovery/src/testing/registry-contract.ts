import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Instance } from '../registry/instance.ts'
import type { Lease } from '../registry/lease.ts'
import { RegistryClosedError } from '../registry/registry-closed-error.ts'
import type { ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import { Follower } from './follower.ts'
import type { RegistryProbe } from './registry-probe.ts'

/**
 * The promises of a {@link ServiceRegistry}, as a suite for vitest that every adapter passes.
 *
 * @param name - of the adapter
 * @param open - makes an empty registry for each test
 * @example
 * ```ts
 * import { InMemoryRegistry } from '@ashlar/service-discovery'
 * import { registryContract } from '@ashlar/service-discovery/testing'
 *
 * // in a test file of vitest
 * export const suite = () =>
 *   registryContract('memory', async () => {
 *     const registry = new InMemoryRegistry()
 *     return { registry, canRegister: true, other: async () => registry.client(), close: () => registry.close() }
 *   })
 * ```
 */
export function registryContract(name: string, open: () => Promise<RegistryProbe>): void {
  describe(`registry contract of ${name}`, () => {
    let probe: RegistryProbe
    let followers: Follower[]
    beforeEach(async () => {
      probe = await open()
      followers = []
    })
    afterEach(async () => {
      await Promise.all(followers.map((follower) => follower.stop()))
      await probe.close()
    })

    const followed = (registry: ServiceRegistry, service = 'orders') => {
      const follower = new Follower(registry, service)
      followers.push(follower)
      return follower
    }
    /** Makes exactly these known, whichever way the registry has. */
    const known = async (...wanted: readonly ServiceRegistration[]): Promise<readonly Lease[]> => {
      if (!probe.canRegister) {
        await probe.publish?.('orders', wanted.map(instanceOf))
        return []
      }
      const leases: Lease[] = []
      for (const registration of wanted)
        leases.push((await probe.registry.register(registration))._unsafeUnwrap())
      return leases
    }

    describe('asked once', () => {
      it('knows no instance of a service that nobody knows', async () => {
        const answer = (await probe.registry.get('nobody-knows-me'))._unsafeUnwrap()

        expect(answer).toMatchObject({ service: 'nobody-knows-me', instances: [], stale: false })
      })

      it('tells who is there, frozen, in the order of machine and id', async () => {
        await known(orders(3), orders(1), orders(2))

        const { instances } = (await probe.registry.get('orders'))._unsafeUnwrap()

        expect(instances.map(({ port }) => port).sort()).toEqual([8_001, 8_002, 8_003])
        expect(instances).toEqual([...instances].sort(byNodeAndId))
        expect(Object.isFrozen(instances) && instances.every((instance) => Object.isFrozen(instance))).toBe(
          true,
        )
        expect(instances.every(({ health, service }) => health === 'passing' && service === 'orders')).toBe(
          true,
        )
      })

      it('gives the same version for the same instances, and another one for others', async () => {
        await known(orders(1))
        const first = (await probe.registry.get('orders'))._unsafeUnwrap()
        const again = (await probe.registry.get('orders'))._unsafeUnwrap()

        await known(orders(1), orders(2))

        expect(again.version).toBe(first.version)
        expect((await probe.registry.get('orders'))._unsafeUnwrap().version).not.toBe(first.version)
      })

      it.each(['', '.', '../../etc/passwd', 'a/../b', 'two words', 'ä', '-a', 'a'.repeat(10_240)])(
        'refuses the name %j',
        async (service) => {
          const failure = (await probe.registry.get(service))._unsafeUnwrapErr()

          expect(failure).toMatchObject({ type: 'ServiceNameInvalid' })
          expect(failure.message.length).toBeLessThan(400)
        },
      )

      it('throws the reason of a signal that is aborted', async () => {
        const reason = new Error('enough')

        await expect(probe.registry.get('orders', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      })
    })

    describe('followed', () => {
      it('tells the present instances at once, also where there are none', async () => {
        const none = followed(probe.registry, 'nobody-knows-me')
        await known(orders(1))
        const one = followed(probe.registry)

        expect((await none.until(({ instances }) => instances.length === 0)).stale).toBe(false)
        expect((await one.until(({ instances }) => instances.length === 1)).instances[0]?.port).toBe(8_001)
      })

      it('tells who comes', async () => {
        const follower = followed(await probe.other())
        await follower.until(({ instances }) => instances.length === 0)

        await known(orders(1))
        await known(orders(1), orders(2))

        const { instances } = await follower.until(({ instances }) => instances.length === 2)
        expect(instances.map(({ port }) => port).sort()).toEqual([8_001, 8_002])
      })

      it('tells any number of followers', async () => {
        const many = [await probe.other(), probe.registry, probe.registry].map((registry) =>
          followed(registry),
        )

        await known(orders(1))

        for (const follower of many) await follower.until(({ instances }) => instances.length === 1)
        expect(new Set(many.map((follower) => follower.last?.version)).size).toBe(1)
      })

      it('never tells the same twice in a row', async () => {
        const follower = followed(probe.registry)
        await known(orders(1))
        await follower.until(({ instances }) => instances.length === 1)
        await known(orders(1), orders(2))
        await follower.until(({ instances }) => instances.length === 2)

        const versions = follower.told.map(({ version, stale }) => `${version} ${stale}`)

        expect(versions.filter((version, at) => version === versions[at - 1])).toEqual([])
      })

      it('throws the reason of a signal that is aborted', async () => {
        const stop = new AbortController()
        const reason = new Error('enough')
        const told = probe.registry.watch('orders', { signal: stop.signal })[Symbol.asyncIterator]()
        await told.next()

        const next = told.next()
        stop.abort(reason)

        await expect(next).rejects.toBe(reason)
      })

      it('refuses a name that no registry can have, and ends', async () => {
        const told: unknown[] = []
        for await (const result of probe.registry.watch('../x', { signal: new AbortController().signal }))
          told.push(result.isErr() ? result.error.type : 'a snapshot')

        expect(told).toEqual(['ServiceNameInvalid'])
      })

      it('ends without a word when the registry is closed, and nothing can be asked then', async () => {
        const follower = followed(probe.registry)
        await follower.until(({ instances }) => instances.length === 0)

        await probe.registry.close()
        await probe.registry.close()

        await follower.ended
        await expect(probe.registry.get('orders')).rejects.toBeInstanceOf(RegistryClosedError)
        await expect(probe.registry.register(orders(1))).rejects.toBeInstanceOf(RegistryClosedError)
      })
    })

    describe('that can be cut off', () => {
      it('goes on telling the last instances, as stale, and is up to date again by itself', async () => {
        if (probe.cut === undefined) return expect(probe.mend).toBeUndefined()
        await known(orders(1))
        const follower = followed(await probe.other())
        await follower.until(({ instances }) => instances.length === 1)

        await probe.cut()
        const stale = await follower.until(({ stale }) => stale)
        await probe.mend?.()
        const again = await follower.until(({ stale }) => !stale)

        expect(stale).toMatchObject({
          instances: [{ port: 8_001 }],
          trouble: { type: 'RegistryUnavailable' },
        })
        expect(again.instances.length).toBeLessThanOrEqual(1)
      })

      it('tells that it is not available where it has told nothing before', async () => {
        if (probe.cut === undefined) return expect(probe.mend).toBeUndefined()
        await probe.cut()

        const follower = followed(probe.registry)
        const failure = await follower.failure

        expect(failure).toMatchObject({ type: 'RegistryUnavailable' })
        expect((await probe.registry.get('orders'))._unsafeUnwrapErr()).toMatchObject({
          type: 'RegistryUnavailable',
        })
        await probe.mend?.()
        await follower.until(({ stale }) => !stale)
      })
    })

    describe('that takes registrations', () => {
      it('refuses them where it takes none', async () => {
        if (probe.canRegister) return expect(probe.publish).toBeUndefined()

        const failure = (await probe.registry.register(orders(1)))._unsafeUnwrapErr()

        expect(failure).toMatchObject({ type: 'RegistrationInvalid', field: 'registry' })
      })

      it('keeps all that an instance was registered with', async () => {
        if (!probe.canRegister) return expect(probe.publish).toBeDefined()
        const registration = {
          ...orders(1),
          id: 'orders-a',
          tags: ['green', 'größe=groß'],
          metadata: { version: '1.2.3', ['__proto__']: 'safe' },
          weight: 7,
          zone: 'eu-1a',
        }

        await known(registration)

        const [instance] = (await (await probe.other()).get('orders'))._unsafeUnwrap().instances
        expect(instance).toMatchObject({
          id: 'orders-a',
          host: '127.0.0.1',
          port: 8_001,
          weight: 7,
          zone: 'eu-1a',
        })
        expect([...(instance?.tags ?? [])].sort()).toEqual(['green', 'größe=groß'])
        expect(
          Object.entries(instance?.metadata ?? {})
            .filter(([key]) => key !== 'zone')
            .sort(),
        ).toEqual([
          ['__proto__', 'safe'],
          ['version', '1.2.3'],
        ])
      })

      it.each(badRegistrations)('refuses %s', async (field, registration) => {
        const answer = await probe.registry.register(registration as ServiceRegistration)

        const failure = answer._unsafeUnwrapErr()
        if (probe.canRegister)
          expect(failure.type === 'RegistrationInvalid' ? failure.field : failure.type).toBe(field)
        expect(failure.message.length).toBeLessThan(400)
      })

      it('takes one out at once when its lease is released, twice as good as once', async () => {
        if (!probe.canRegister) return expect(probe.publish).toBeDefined()
        const [one] = await known(orders(1), orders(2))
        const follower = followed(await probe.other())
        await follower.until(({ instances }) => instances.length === 2)

        expect((await one?.release())?.isOk()).toBe(true)
        expect((await one?.release())?.isOk()).toBe(true)

        const { instances } = await follower.until(({ instances }) => instances.length === 1)
        expect(instances[0]?.port).toBe(8_002)
        expect(one?.state).toBe('released')
      })

      it('shows one that drains as such, until it is released', async () => {
        if (!probe.canRegister) return expect(probe.publish).toBeDefined()
        const [one] = await known(orders(1))
        const follower = followed(await probe.other())
        await follower.until(({ instances }) => instances[0]?.health === 'passing')

        expect((await one?.drain())?.isOk()).toBe(true)
        await follower.until(({ instances }) => instances[0]?.health === 'draining')
        expect(one?.state).toBe('draining')
        expect((await one?.release())?.isOk()).toBe(true)

        await follower.until(({ instances }) => instances.length === 0)
        expect(follower.last?.instances).toEqual([])
      })

      it('puts one of the same id in the place of the other', async () => {
        if (!probe.canRegister) return expect(probe.publish).toBeDefined()
        await known({ ...orders(1), id: 'same' })

        await known({ ...orders(2), id: 'same' })

        const { instances } = (await probe.registry.get('orders'))._unsafeUnwrap()
        expect(instances.map(({ id, port }) => `${id} ${port}`)).toEqual(['same 8002'])
      })

      it('keeps an instance alive that sends heartbeats, longer than its time', async () => {
        if (!probe.canRegister) return expect(probe.publish).toBeDefined()
        const other = await probe.other()
        await known({ ...orders(1), ttlMs: 1_000 })
        // the one beside it is left alone, and shows when the time is over
        const beside = (
          await other.register({ ...orders(2), service: 'beside', ttlMs: 2_000 })
        )._unsafeUnwrap()
        const follower = followed(probe.registry, 'beside')
        await follower.until(({ instances }) => instances.length === 1)

        await other.close()
        await follower.until(({ instances }) => isGone(instances))

        expect(beside.state).toBe('released')
        const { instances } = (await probe.registry.get('orders'))._unsafeUnwrap()
        expect(instances.map(({ health }) => health)).toEqual(['passing'])
      })

      it('registers by itself again what the registry has forgotten', async () => {
        if (probe.forget === undefined) return expect(probe.registry.name).not.toBe('')
        const [lease] = await known({ ...orders(1), ttlMs: 1_000 })
        const follower = followed(await probe.other())
        await follower.until(({ instances }) => instances.length === 1)

        await probe.forget()

        await follower.until(({ instances, stale }) => instances.length === 0 || stale)
        const again = await follower.until(({ instances, stale }) => instances.length === 1 && !stale)
        expect(again.instances[0]?.port).toBe(8_001)
        expect((await lease?.release())?.isOk()).toBe(true)
      })

      it('throws the reason of a signal that is aborted', async () => {
        const reason = new Error('enough')
        const signal = AbortSignal.abort(reason)

        const registering = probe.canRegister
          ? probe.registry.register(orders(1), { signal })
          : probe.registry.get('orders', { signal })

        await expect(registering).rejects.toBe(reason)
      })
    })
  })
}

function orders(number: number): ServiceRegistration {
  return { service: 'orders', host: '127.0.0.1', port: 8_000 + number }
}

function instanceOf({ service, host, port }: ServiceRegistration): Instance {
  const id = `${service}-${host}-${port}`
  return { id, service, host, port, node: '', tags: [], metadata: {}, weight: 1, health: 'passing' }
}

/** A registry may show the dead for a while, as such. */
function isGone(instances: readonly Instance[]): boolean {
  return instances.every(({ health }) => health === 'critical')
}

function byNodeAndId(one: Instance, other: Instance): number {
  const [a, b] = [`${one.node} ${one.id}`, `${other.node} ${other.id}`]
  return a < b ? -1 : a > b ? 1 : 0
}

const badRegistrations: readonly (readonly [string, object])[] = [
  ['host', { ...orders(1), host: '0.0.0.0' }],
  ['host', { ...orders(1), host: '0' }],
  ['host', { ...orders(1), host: '::' }],
  ['host', { ...orders(1), host: '' }],
  ['host', { ...orders(1), host: 'two words' }],
  ['host', { ...orders(1), host: 'user@host' }],
  ['host', { ...orders(1), host: 'host/path' }],
  ['host', { ...orders(1), host: 'h'.repeat(300) }],
  ['host', { ...orders(1), host: 7 }],
  ['port', { ...orders(1), port: 0 }],
  ['port', { ...orders(1), port: 70_000 }],
  ['port', { ...orders(1), port: 80.5 }],
  ['port', { ...orders(1), port: '80' }],
  ['ServiceNameInvalid', { ...orders(1), service: 'a/../b' }],
  ['ServiceNameInvalid', { ...orders(1), service: 'a'.repeat(10_240) }],
  ['tags', { ...orders(1), tags: 'green' }],
  ['tags[1]', { ...orders(1), tags: ['green', 7] }],
  ['metadata.version', { ...orders(1), metadata: { version: 1 } }],
  ['weight', { ...orders(1), weight: 0 }],
  ['weight', { ...orders(1), weight: Number.NaN }],
  ['ttlMs', { ...orders(1), ttlMs: 0 }],
  ['ttlMs', { ...orders(1), ttlMs: -1 }],
  ['ttlMs', { ...orders(1), ttlMs: Number.POSITIVE_INFINITY }],
  ['id', { ...orders(1), id: '../../x' }],
  ['zone', { ...orders(1), zone: 'a\u0000b' }],
]
