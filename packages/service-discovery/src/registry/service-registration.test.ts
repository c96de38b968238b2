import { describe, expect, it } from 'vitest'
import { parseRegistration, type ServiceRegistration } from './service-registration.ts'

const orders: ServiceRegistration = { service: 'orders', host: '10.0.0.1', port: 80 }

/** Registrations come from configurations as well, where anything can stand. */
const parsed = (registration: unknown) => parseRegistration(registration as ServiceRegistration)
const throwing = () => {
  throw new Error('not today')
}

describe('a registration', () => {
  it('is filled in with what was not told', () => {
    const { instance, ttlMs, check } = parsed(orders)._unsafeUnwrap()

    expect(instance).toEqual({
      id: 'orders-10.0.0.1-80',
      service: 'orders',
      host: '10.0.0.1',
      port: 80,
      node: '',
      tags: [],
      metadata: {},
      weight: 1,
      health: 'passing',
    })
    expect([ttlMs, check]).toEqual([15_000, { kind: 'ttl' }])
  })

  it('is frozen to the bottom, and keeps nothing of the caller', () => {
    const tags = ['green']
    const metadata = { version: '1' }
    const { instance } = parsed({ ...orders, tags, metadata })._unsafeUnwrap()

    tags.push('red')
    metadata.version = '2'

    expect(instance).toMatchObject({ tags: ['green'], metadata: { version: '1' } })
    expect([instance, instance.tags, instance.metadata].every((part) => Object.isFrozen(part))).toBe(true)
    expect(Object.getPrototypeOf(instance.metadata)).toBeNull()
  })

  it('makes an id of an IPv6 address', () => {
    expect(parsed({ ...orders, host: '::1' })._unsafeUnwrap().instance.id).toBe('orders-__1-80')
  })

  it('keeps metadata under names that mean something elsewhere', () => {
    const metadata = JSON.parse('{"__proto__": "safe", "constructor": "too"}')

    const { instance } = parsed({ ...orders, metadata })._unsafeUnwrap()

    expect(Object.entries(instance.metadata)).toEqual([
      ['__proto__', 'safe'],
      ['constructor', 'too'],
    ])
    expect(({} as Record<string, unknown>).safe).toBeUndefined()
  })

  it.each([
    { kind: 'ttl' },
    { kind: 'http', path: '/health/ready?deep=1' },
    { kind: 'http', path: '/', isSecure: true, intervalMs: 1, timeoutMs: 86_400_000 },
    { kind: 'tcp', intervalMs: 1_000 },
    { kind: 'grpc', serviceName: 'shop.Orders' },
    { kind: 'grpc' },
  ])('takes the check %j', (check) => {
    expect(parsed({ ...orders, check })._unsafeUnwrap().check).toEqual(check)
  })

  it.each([
    ['registration', null],
    ['registration', undefined],
    ['registration', 'orders'],
    ['registration', [orders]],
    [
      'registration',
      {
        ...orders,
        get host() {
          return throwing()
        },
      },
    ],
    ['registration', new Proxy({}, { get: throwing })],
    ['registration', { ...orders, metadata: new Proxy({}, { ownKeys: throwing }) }],
    [
      'registration',
      {
        ...orders,
        metadata: {
          get version() {
            return throwing()
          },
        },
      },
    ],
    ['registration', { ...orders, tags: new Proxy([], { get: throwing }) }],
    [
      'registration',
      {
        ...orders,
        check: {
          get kind() {
            return throwing()
          },
        },
      },
    ],
    ['host', { ...orders, host: '0.0.0.0' }],
    ['host', { ...orders, host: null }],
    ['port', { ...orders, port: '80' }],
    ['port', { service: 'orders', host: '10.0.0.1' }],
    ['id', { ...orders, id: '' }],
    ['id', { ...orders, id: 7 }],
    ['id', { ...orders, id: ['a'] }],
    ['id', { ...orders, id: null }],
    ['id', { ...orders, id: 'a/../b' }],
    ['id', { ...orders, id: 'a\n' }],
    ['id', { ...orders, id: 'i'.repeat(10_240) }],
    ['tags', { ...orders, tags: 'green' }],
    ['tags', { ...orders, tags: null }],
    ['tags', { ...orders, tags: { length: 1, 0: 'green' } }],
    ['tags[1]', { ...orders, tags: ['green', 7] }],
    // biome-ignore lint/suspicious/noSparseArray: it is the hole that is tested
    ['tags[0]', { ...orders, tags: [, 'green'] }],
    ['tags[0]', { ...orders, tags: ['a\u0000b'] }],
    ['tags[0]', { ...orders, tags: ['\ud800'] }],
    ['tags[0]', { ...orders, tags: ['t'.repeat(1_025)] }],
    ['metadata', { ...orders, metadata: null }],
    ['metadata', { ...orders, metadata: ['a'] }],
    ['metadata', { ...orders, metadata: 'a=b' }],
    ['metadata', { ...orders, metadata: { ['k'.repeat(10_240)]: 'v' } }],
    ['metadata.version', { ...orders, metadata: { version: 1 } }],
    ['metadata.version', { ...orders, metadata: { version: undefined } }],
    ['metadata.a\nb', { ...orders, metadata: { 'a\nb': 'v' } }],
    ['weight', { ...orders, weight: 0 }],
    ['weight', { ...orders, weight: 1.5 }],
    ['weight', { ...orders, weight: '1' }],
    ['ttlMs', { ...orders, ttlMs: 0 }],
    ['ttlMs', { ...orders, ttlMs: 999 }],
    ['ttlMs', { ...orders, ttlMs: Number.NaN }],
    ['ttlMs', { ...orders, ttlMs: null }],
    ['zone', { ...orders, zone: 7 }],
    ['zone', { ...orders, zone: null }],
    ['check.kind', { ...orders, check: null }],
    ['check.kind', { ...orders, check: 'ttl' }],
    ['check.kind', { ...orders, check: {} }],
    ['check.kind', { ...orders, check: { kind: 'script' } }],
    ['check.kind', { ...orders, check: { kind: 'constructor' } }],
    ['check.path', { ...orders, check: { kind: 'http' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: '' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: 'health' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: '//169.254.169.254/' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: '/\\169.254.169.254/' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: 'http://elsewhere/' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: '/two words' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: '/a\r\nHost: b' } }],
    ['check.path', { ...orders, check: { kind: 'http', path: `/${'p'.repeat(10_240)}` } }],
    ['check.isSecure', { ...orders, check: { kind: 'http', path: '/', isSecure: 'no' } }],
    ['check.intervalMs', { ...orders, check: { kind: 'tcp', intervalMs: 0 } }],
    ['check.intervalMs', { ...orders, check: { kind: 'tcp', intervalMs: '10s' } }],
    ['check.timeoutMs', { ...orders, check: { kind: 'grpc', timeoutMs: Number.NaN } }],
    ['check.serviceName', { ...orders, check: { kind: 'grpc', serviceName: 'a/b' } }],
    ['check.serviceName', { ...orders, check: { kind: 'grpc', serviceName: 7 } }],
  ])('is refused for its %s', (field, registration) => {
    const refused = parsed(registration)._unsafeUnwrapErr()

    expect(refused).toMatchObject({ type: 'RegistrationInvalid', field })
    expect(refused.message.length).toBeLessThan(600)
  })

  it.each(['', '/../', 'a/../b', 'a..b', '-a', 'a-', 'ä', 'a b', 'a\n', 's'.repeat(129), 's'.repeat(10_240)])(
    'is refused for the name %j',
    (service) => {
      const refused = parsed({ ...orders, service })._unsafeUnwrapErr()

      expect(refused.type).toBe('ServiceNameInvalid')
      expect(refused.message.length).toBeLessThan(400)
    },
  )

  it.each([7, null, undefined, ['orders'], Symbol('orders')])(
    'is refused for a name that is no text',
    (service) => {
      expect(parsed({ ...orders, service })._unsafeUnwrapErr().type).toBe('ServiceNameInvalid')
    },
  )

  it('is read once, so that what was looked at is what is kept', () => {
    let reads = 0
    const changing = new Proxy(
      { ...orders, tags: ['green'] },
      {
        get: (target, key) => {
          if (key === 'host') return reads++ === 0 ? '10.0.0.1' : '0.0.0.0'
          return Reflect.get(target, key)
        },
      },
    )
    let asked = 0
    const metadata = {
      get version() {
        return asked++ === 0 ? '1' : 7
      },
    }

    const { instance } = parsed({ ...changing, metadata })._unsafeUnwrap()

    expect(parsed(changing).isErr()).toBe(true)
    expect(instance.host).toBe('10.0.0.1')
    expect(instance.metadata).toEqual({ version: '1' })
  })
})
