import type { Logger } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import type { DocumentedFlag, FlagCondition, FlagDocument } from '../document/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { FeatureFlagService } from './feature-flag-service.ts'
import type { FlagUser, UserContextProvider } from './user-context-provider.ts'

const flags = defineFlags({
  admin: flag.boolean(),
  'pay-by-card': flag.boolean({ fallback: true }),
  discount: flag.variants({ control: 0, low: 10 }, { fallback: 'control' }),
})
const noon = new Date('2026-11-23T12:00:00Z')
const ada: FlagUser = {
  id: 'ada',
  email: 'ada@example.org',
  roles: ['admin'],
  attributes: { country: 'KR' },
}
const grace: FlagUser = { id: 'grace', roles: ['guest'] }

describe('FeatureFlagService', () => {
  it('decides for the current user, with their email, roles and attributes', async () => {
    const features = serviceOf({ current: () => ada }, { environment: 'staging' })

    const asked = await features.getContext('admin')

    expect(asked).toMatchObject({
      feature: 'admin',
      details: { value: true, variant: 'on', reason: 'TARGETING_MATCH', ruleId: 'admins', revision: '3' },
    })
    expect(asked.context).toEqual({
      targetingKey: 'ada',
      email: 'ada@example.org',
      roles: ['admin'],
      country: 'KR',
      environment: 'staging',
      timestamp: noon,
    })
    expect(await features.isEnabled('admin')).toBe(true)
    expect(await features.getVariant('discount')).toBe(10)
  })

  it('has the reader decide each time, so a snapshot keeps one revision', async () => {
    const evaluator = new FeatureFlagEvaluator(flags, { document })
    const live = new FeatureFlagService(evaluator, { users: { current: () => ada } })
    const pinned = new FeatureFlagService(evaluator.snapshot(), { users: { current: () => ada } })

    evaluator.use({ ...document, revision: '4', flags: {} })

    expect(await live.isEnabled('admin')).toBe(false)
    expect(await pinned.isEnabled('admin')).toBe(true)
  })

  describe('with an explicit user id', () => {
    it("never borrows the current user's facts", async () => {
      const features = serviceOf({ current: () => ada })

      const { context, details } = await features.getContext('admin', { userId: 'grace' })

      expect(context).toEqual({ targetingKey: 'grace', timestamp: noon })
      expect(details.value).toBe(false)
    })

    it("takes the current user's facts for their own id", async () => {
      const features = serviceOf({ current: () => ada })

      expect(await features.isEnabled('admin', { userId: 'ada' })).toBe(true)
    })

    it('asks who else that is, where the provider can tell', async () => {
      const asked: string[] = []
      const features = serviceOf({
        current: () => grace,
        byId: async (id) => {
          asked.push(id)
          return id === 'ada' ? ada : undefined
        },
      })

      expect(await features.isEnabled('admin', { userId: 'ada' })).toBe(true)
      expect(await features.isEnabled('admin', { userId: 'nobody' })).toBe(false)
      expect((await features.getContext('admin', { userId: 'nobody' })).context).toEqual({
        targetingKey: 'nobody',
        timestamp: noon,
      })
      expect(asked).toEqual(['ada', 'nobody', 'nobody'])
    })

    it('takes nothing from a user of another id than was asked for', async () => {
      const features = serviceOf({ current: () => undefined, byId: () => ada })

      const { context } = await features.getContext('admin', { userId: 'grace' })

      expect(context).toEqual({ targetingKey: 'grace', timestamp: noon })
    })

    it('asks for nobody by an empty one', async () => {
      const asked: string[] = []
      const features = serviceOf({ current: () => ada, byId: (id) => void asked.push(id) })

      expect((await features.getContext('admin', { userId: '' })).context).toEqual({ timestamp: noon })
      expect(asked).toEqual([])
    })

    it("takes nothing from a current user without an id where it is nobody's", async () => {
      const features = serviceOf({ current: () => ({ ...ada, id: '' }) })

      expect((await features.getContext('admin', { userId: '' })).context).toEqual({ timestamp: noon })
    })
  })

  it.each([undefined, null, { id: '' }])('has no targeting key for %j', async (user) => {
    const features = serviceOf({ current: () => user as FlagUser | undefined })

    const { context, details } = await features.getContext('discount')

    expect(context).toEqual({ timestamp: noon })
    expect(details).toMatchObject({ value: 0, failure: { type: 'BucketingKeyMissing' } })
  })

  it('lets no attribute of a user pass for their id, the environment or the time', async () => {
    const attributes = { targetingKey: 'root', environment: 'test', timestamp: 0, email: 'forged', roles: [] }
    const features = serviceOf({ current: () => ({ ...ada, attributes }) })
    const anonymous = serviceOf({ current: () => ({ id: '', attributes }) })

    expect((await features.getContext('admin')).context).toEqual({
      targetingKey: 'ada',
      email: 'ada@example.org',
      roles: ['admin'],
      timestamp: noon,
    })
    expect((await anonymous.getContext('admin')).context).not.toHaveProperty('targetingKey')
  })

  it('hands on declared attributes only, where some are declared', async () => {
    const declaring = defineFlags({ admin: flag.boolean() }, { attributes: { roles: 'strings' } })
    const features = new FeatureFlagService(new FeatureFlagEvaluator(declaring, { document }), {
      users: { current: () => ada },
      clock: { now: () => noon },
    })

    const { context } = await features.getContext('admin')

    expect(context).toEqual({ targetingKey: 'ada', roles: ['admin'], timestamp: noon })
  })

  it('keeps a hostile attribute name from the prototype of the context', async () => {
    const attributes = JSON.parse('{ "__proto__": { "roles": ["admin"] }, "constructor": 1 }')
    const features = serviceOf({ current: () => ({ id: 'eve', attributes }) })

    const { context, details } = await features.getContext('admin')

    expect(Object.getPrototypeOf(context)).toBe(Object.prototype)
    expect(details.value).toBe(false)
  })

  it('has the context made otherwise where asked to', async () => {
    const features = serviceOf(
      { current: () => ada },
      { toContext: ({ user, timestamp }) => ({ targetingKey: `org-${user?.id}`, timestamp }) },
    )

    expect((await features.getContext('discount')).context).toEqual({
      targetingKey: 'org-ada',
      timestamp: noon,
    })
  })

  it('reads no environment from the process', async () => {
    const features = serviceOf({ current: () => ada })

    expect((await features.getContext('admin')).context).not.toHaveProperty('environment')
  })

  describe('when the user can not be told', () => {
    const broken: UserContextProvider = {
      current: () => {
        throw new RangeError('no session of ada@example.org')
      },
    }

    it('serves the fallback of the flag, not false', async () => {
      const features = serviceOf(broken)

      expect(await features.isEnabled('pay-by-card')).toBe(true)
      expect(await features.isEnabled('admin')).toBe(false)
      const asked = await features.getContext('discount')
      expect(Object.isFrozen(asked.details)).toBe(true)
      expect(asked).toEqual({
        feature: 'discount',
        context: undefined,
        details: {
          ok: false,
          value: 0,
          variant: undefined,
          reason: 'ERROR',
          ruleId: undefined,
          revision: '3',
          failure: {
            type: 'InvalidEvaluationContext',
            message: 'flag "discount": expected a user, found that the provider of users failed',
            flag: 'discount',
          },
          metadata: undefined,
        },
      })
    })

    it('warns with the key of the flag, and nothing about the user', async () => {
      const { logger, lines } = listeningLogger()
      const features = serviceOf(broken, { logger })

      await features.isEnabled('admin', { userId: 'grace' })

      expect(lines).toEqual([
        [{ flag: 'admin', error: 'RangeError' }, 'no context could be made; the flag falls back'],
      ])
    })

    it('never rejects where its logger throws', async () => {
      const full = () => {
        throw new Error('disk full')
      }
      const features = serviceOf(broken, { logger: { debug: full, info: full, warn: full, error: full } })

      expect(await features.isEnabled('pay-by-card')).toBe(true)
    })

    it.each([null, 'gone', new Error('gone')])('never rejects, whatever is thrown: %s', async (thrown) => {
      const rejecting = serviceOf({ current: () => Promise.reject(thrown) })
      const unknowing = serviceOf({ current: () => ada, byId: () => Promise.reject(thrown) })
      const unmaking = serviceOf(
        { current: () => ada },
        {
          toContext: () => {
            throw thrown
          },
        },
      )

      expect(await rejecting.isEnabled('pay-by-card')).toBe(true)
      expect(await unknowing.isEnabled('pay-by-card', { userId: 'grace' })).toBe(true)
      expect(await unmaking.isEnabled('pay-by-card')).toBe(true)
    })

    it('falls back on nothing for a flag that is not in the set', async () => {
      const features = serviceOf(broken)

      expect(await features.getVariant('toString' as 'admin')).toBe(undefined)
    })

    it('survives a user whose attributes throw', async () => {
      const attributes = {
        get country(): string {
          throw new Error('lazy')
        },
      }

      expect(await serviceOf({ current: () => ({ id: 'x', attributes }) }).isEnabled('pay-by-card')).toBe(
        true,
      )
    })
  })

  describe('when its signal is aborted', () => {
    const reason = new Error('the request is over')

    it('does not begin', async () => {
      let asked = false
      const features = serviceOf({
        current: () => {
          asked = true
          return ada
        },
      })

      await expect(features.isEnabled('admin', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      expect(asked).toBe(false)
    })

    it('stops waiting for a provider that never answers', async () => {
      const controller = new AbortController()
      const features = serviceOf({ current: () => new Promise(() => {}) })

      const waiting = features.getVariant('discount', { signal: controller.signal })
      controller.abort(reason)

      await expect(waiting).rejects.toBe(reason)
    })

    it('rejects with its reason where the provider fails for it, and writes no warning', async () => {
      const { logger, lines } = listeningLogger()
      const controller = new AbortController()
      const current = ({ signal }: { signal?: AbortSignal }) =>
        new Promise<undefined>((_, refuse) => {
          signal?.addEventListener('abort', () => refuse(new TypeError('fetch failed')))
        })
      const features = serviceOf({ current }, { logger })

      const waiting = features.getContext('admin', { signal: controller.signal })
      controller.abort(reason)

      await expect(waiting).rejects.toBe(reason)
      expect(lines).toEqual([])
    })

    it('leaves no listener behind', async () => {
      const controller = new AbortController()
      let listeners = 0
      const counted = new Proxy(controller.signal, {
        get(signal, name) {
          if (name === 'addEventListener') listeners++
          if (name === 'removeEventListener') listeners--
          const found = Reflect.get(signal, name)
          return typeof found === 'function' ? found.bind(signal) : found
        },
      })

      await serviceOf({ current: () => ada }).isEnabled('admin', { signal: counted })

      expect(listeners).toBe(0)
    })
  })
})

const admins: FlagCondition = { attribute: 'roles', operator: 'contains', value: 'admin' }

const document: FlagDocument = {
  version: 1,
  revision: '3',
  segments: {},
  layers: {},
  holdouts: {},
  flags: {
    admin: {
      ...documented('boolean', { off: false, on: true }),
      defaultVariant: 'off',
      rules: [{ id: 'admins', when: admins, serve: { variant: 'on' } }],
    },
    'pay-by-card': { ...documented('boolean', { off: false, on: true }), defaultVariant: 'off' },
    discount: { ...documented('number', { control: 0, low: 10 }), fallthrough: { split: { low: 1 } } },
  },
}

function documented(type: DocumentedFlag['type'], variants: DocumentedFlag['variants']): DocumentedFlag {
  const bucketing = { algorithm: 'murmur3-utf8/1', salt: 's', by: 'targetingKey' } as const
  return { enabled: true, type, variants, bucketing, rules: [] }
}

function serviceOf(
  users: UserContextProvider,
  options: Partial<ConstructorParameters<typeof FeatureFlagService<typeof flags>>[1]> = {},
) {
  const evaluator = new FeatureFlagEvaluator(flags, { document })
  return new FeatureFlagService(evaluator, { clock: { now: () => noon }, ...options, users })
}

function listeningLogger() {
  const lines: unknown[] = []
  const listen = (...line: unknown[]) => void lines.push(line)
  const logger: Logger = { debug: listen, info: listen, warn: listen, error: listen }
  return { logger, lines }
}
