import { describe, expect, it } from 'vitest'
import { type Context, createContext, metadataOf, portOf, verifyTenant } from './context.ts'
import { sequentialIds } from './testing/sequential-ids.ts'

describe('createContext', () => {
  it('keeps what is known', () => {
    const { signal } = new AbortController()
    const parts = {
      correlationId: 'c',
      causationId: 'd',
      userId: 'ada',
      tenantId: 'acme',
      signal,
      storage: {},
    }

    expect(createContext(parts)).toEqual(parts)
  })

  it('names a correlation where none is known', () => {
    expect(createContext({}, { ids: sequentialIds(7) }).correlationId).toBe(
      '00000000-0000-7000-8000-000000000007',
    )
    expect(createContext().correlationId).not.toBe(createContext().correlationId)
  })

  it('has a signal that never aborts unless told', () => {
    expect(createContext().signal.aborted).toBe(false)
  })

  it('leaves out what is not known', () => {
    expect(Object.keys(createContext())).toEqual(['correlationId', 'signal'])
  })

  it('cannot be changed, neither by itself nor by its parts', () => {
    const parts = { userId: 'ada' }
    const context = createContext(parts)

    parts.userId = 'eve'

    expect(context.userId).toBe('ada')
    expect(() => Object.assign(context, { userId: 'eve' })).toThrow(TypeError)
  })

  it('is continued with new parts', () => {
    const first = createContext({ correlationId: 'c', userId: 'ada' })

    expect(createContext({ ...first, causationId: 'd' })).toMatchObject({
      correlationId: 'c',
      causationId: 'd',
      userId: 'ada',
      signal: first.signal,
    })
  })
})

describe('portOf', () => {
  const outer = { where: 'outside' }
  const inside = { where: 'inside' }

  it('finds the port of the transaction', () => {
    expect(portOf(createContext({ storage: { events: inside } }), 'events', outer)).toBe(inside)
  })

  it('finds a port that lies behind a getter of the storage itself', () => {
    const storage = Object.defineProperty({}, 'events', { get: () => inside, enumerable: true })

    expect(portOf(createContext({ storage }), 'events', outer)).toBe(inside)
  })

  it.each<[string, Context]>([
    ['no transaction is under way', createContext()],
    ['the storage has no such port', createContext({ storage: { sagas: inside } })],
    ['the storage has it as undefined', createContext({ storage: { events: undefined } })],
    ['the storage has only inherited it', createContext({ storage: Object.create({ events: inside }) })],
  ])('takes the outer one where %s', (_, context) => {
    expect(portOf(context, 'events', outer)).toBe(outer)
  })

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'does not take %s of every object for a port',
    (name) => {
      expect(portOf(createContext({ storage: {} }), name, outer)).toBe(outer)
    },
  )

  it('needs no prototype', () => {
    const storage = Object.assign(Object.create(null), { constructor: inside })

    expect(portOf(createContext({ storage }), 'constructor', outer)).toBe(inside)
  })
})

describe('metadataOf', () => {
  it('remembers correlation, causation and user, and nothing else', () => {
    const context = createContext({
      correlationId: 'c',
      causationId: 'd',
      userId: 'ada',
      tenantId: 'acme',
      storage: {},
    })

    expect(metadataOf(context)).toStrictEqual({ correlationId: 'c', causationId: 'd', userId: 'ada' })
  })

  it('leaves out what is not known', () => {
    expect(metadataOf(createContext({ correlationId: 'c' }))).toStrictEqual({ correlationId: 'c' })
  })
})

describe('verifyTenant', () => {
  it.each(['acme', undefined])('lets the same tenant pass: %s', (tenantId) => {
    const context = tenantId === undefined ? createContext() : createContext({ tenantId })

    expect(() => verifyTenant(tenantId, context)).not.toThrow()
  })

  it.each<[string | undefined, Context, string]>([
    [
      'acme',
      createContext({ tenantId: 'other' }),
      'this port belongs to tenant "acme", the context to tenant "other"',
    ],
    ['acme', createContext(), 'this port belongs to tenant "acme", the context to no tenant'],
    [
      undefined,
      createContext({ tenantId: 'acme' }),
      'this port belongs to no tenant, the context to tenant "acme"',
    ],
    ['', createContext(), 'this port belongs to tenant "", the context to no tenant'],
    [
      'acme',
      createContext({ tenantId: 'Acme' }),
      'this port belongs to tenant "acme", the context to tenant "Acme"',
    ],
  ])('refuses another: port of %s', (tenant, context, message) => {
    expect(() => verifyTenant(tenant, context)).toThrow(
      expect.objectContaining({
        name: 'TenantMismatchError',
        code: 'ASHLAR_KERNEL_TENANT_MISMATCH',
        message,
      }),
    )
  })
})
