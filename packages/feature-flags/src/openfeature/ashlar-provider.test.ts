import { err, failure, ok } from '@ashlar/result'
import {
  type Client,
  type EvaluationContext,
  type Logger,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
} from '@openfeature/server-sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settled } from '../../test/exposures/manual-timer.ts'
import { bucketing, documentOf, everybody, onOff } from '../../test/flag-document.ts'
import { HandFollowedFlags } from '../../test/openfeature/hand-followed-flags.ts'
import type { DocumentedFlag } from '../document/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { LiveFlags } from '../live/live-flags.ts'
import { objectSource } from '../sources/object-source.ts'
import { AshlarProvider } from './ashlar-provider.ts'
import { flagDetailsOf } from './resolution.ts'

const banner: DocumentedFlag = {
  enabled: true,
  type: 'object',
  variants: { shown: { title: 'Welcome', lines: ['one'] }, list: ['one'] },
  defaultVariant: 'shown',
  bucketing: bucketing('s'),
  rules: [
    {
      id: 'list',
      when: { attribute: 'wants', operator: 'equals', value: 'list' },
      serve: { variant: 'list' },
    },
  ],
}
const document = documentOf({
  open: onOff({ defaultVariant: 'on' }),
  ruled: onOff({ rules: [everybody({ variant: 'on' }, 'all')], metadata: { team: 'shop' } }),
  drawn: onOff({ fallthrough: { split: { on: 1, off: 1 } } }),
  late: onOff({
    rules: [
      {
        id: 'late',
        when: { attribute: 'joined', operator: 'after', value: '2030-01-01T00:00:00.000Z' },
        serve: { variant: 'on' },
      },
    ],
  }),
  dark: { ...onOff({ enabled: false }), offVariant: 'off' },
  unnamed: { enabled: false, type: 'number', variants: { one: 1 }, bucketing: bucketing('s'), rules: [] },
  limit: { ...onOff(), type: 'number', variants: { one: 1 }, defaultVariant: 'one' },
  text: { ...onOff(), type: 'string', variants: { a: 'A' }, defaultVariant: 'a' },
  wrong: onOff(),
  banner,
})
const flags = defineFlags({ wrong: flag.string({ fallback: 'none' }), unloaded: flag.boolean() })
const evaluator = () => new FeatureFlagEvaluator(flags, { document })

const logged: unknown[][] = []
const logger: Logger = {
  error: (...line) => void logged.push(line),
  warn: (...line) => void logged.push(line),
  info: () => {},
  debug: () => {},
}

let client: Client

beforeEach(() => {
  logged.length = 0
  OpenFeature.setLogger(logger)
  client = OpenFeature.getClient()
})

afterEach(async () => {
  await OpenFeature.clearProviders()
  OpenFeature.clearHooks().clearHandlers()
})

describe('AshlarProvider', () => {
  it('says who it is and where it runs', () => {
    const provider = new AshlarProvider(evaluator())

    expect(provider).toMatchObject({ metadata: { name: 'ashlar' }, runsOn: 'server' })
  })

  it('tells flags of all types', async () => {
    await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator()))

    expect({
      open: await client.getBooleanValue('open', false),
      text: await client.getStringValue('text', 'B'),
      limit: await client.getNumberValue('limit', 2),
      banner: await client.getObjectValue('banner', {}),
      list: await client.getObjectValue('banner', {}, { wants: 'list' }),
    }).toEqual({
      open: true,
      text: 'A',
      limit: 1,
      banner: { title: 'Welcome', lines: ['one'] },
      list: ['one'],
    })
  })

  it('tells why, and what the document says of the flag', async () => {
    await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator()))

    const details = await client.getBooleanDetails('ruled', false)

    expect(details).toEqual({
      flagKey: 'ruled',
      value: true,
      variant: 'on',
      reason: 'TARGETING_MATCH',
      flagMetadata: { team: 'shop' },
    })
    expect(flagDetailsOf(details)).toMatchObject({ ruleId: 'all', revision: 'r1' })
  })

  it('knows nothing behind the details of another provider', async () => {
    expect(flagDetailsOf(await client.getBooleanDetails('ruled', false))).toBeUndefined()
  })

  it('hands dates and nested values of a context on', async () => {
    const seen: unknown[] = []
    const inner = evaluator()
    const teller = {
      revision: 'r1',
      evaluate: (key: string, context: unknown) => {
        seen.push(context)
        return inner.evaluate(key, context)
      },
    }
    await OpenFeature.setProviderAndWait(new AshlarProvider(teller))
    const context = { targetingKey: 'u-1', joined: new Date('2031-01-01'), address: { city: 'Seoul' } }

    expect(await client.getBooleanValue('late', false, context)).toBe(true)
    expect(seen).toEqual([context])
  })

  it.each([
    ['a flag that is nowhere', 'nowhere', {}, 'FLAG_NOT_FOUND'],
    ['a flag of another type', 'limit', {}, 'TYPE_MISMATCH'],
    ['a flag whose definition is of another type', 'wrong', {}, 'TYPE_MISMATCH'],
    ['a draw without a targeting key', 'drawn', {}, 'TARGETING_KEY_MISSING'],
  ])("leaves the caller's default for %s", async (_, key, context, errorCode) => {
    await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator()))

    expect(await client.getBooleanDetails(key, true, context)).toMatchObject({
      value: true,
      reason: 'ERROR',
      errorCode,
      errorMessage: expect.stringContaining(`flag "${key}"`),
    })
  })

  it('calls a context that throws invalid', async () => {
    const provider = new AshlarProvider(evaluator())
    await provider.initialize()
    const context = new Proxy<EvaluationContext>(
      {},
      {
        get() {
          throw new Error('sprung')
        },
      },
    )

    expect(await provider.resolveBooleanEvaluation('late', false, context)).toMatchObject({
      value: false,
      errorCode: 'INVALID_CONTEXT',
    })
  })

  it("leaves the caller's default, without a variant, where a flag that is off has no value for the case", async () => {
    await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator()))

    const details = await client.getNumberDetails('unnamed', 7)

    expect(details).toEqual({ flagKey: 'unnamed', value: 7, reason: 'DISABLED', flagMetadata: {} })
  })

  it('serves the off variant of a flag that is off', async () => {
    await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator()))

    expect(await client.getBooleanDetails('dark', true)).toMatchObject({
      value: false,
      variant: 'off',
      reason: 'DISABLED',
    })
  })

  it('never lets one who was told an object change what the next one is told', async () => {
    const loose = { title: 'Welcome', lines: ['one'] }
    const shared = documentOf({ banner: { ...banner, variants: { shown: loose, list: [] } } })
    await OpenFeature.setProviderAndWait(
      new AshlarProvider(new FeatureFlagEvaluator(flags, { document: shared })),
    )
    const told = (await client.getObjectValue('banner', {})) as { title: string; lines: string[] }

    expect(() => {
      told.title = 'Hacked'
    }).toThrow(TypeError)
    expect(() => told.lines.push('two')).toThrow(TypeError)
    expect(await client.getObjectValue('banner', {})).toEqual(loose)
    expect(Object.isFrozen(loose)).toBe(false)
  })

  it('tells 1,000 at once without mixing them up', async () => {
    await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator()))
    const direct = evaluator()
    const users = Array.from({ length: 1_000 }, (_, index) => ({ targetingKey: `u-${index}` }))

    const told = await Promise.all(users.map((user) => client.getBooleanValue('drawn', false, user)))

    expect(told).toEqual(users.map((user) => direct.evaluate('drawn', user).value))
  })
})

describe('An evaluator without a document', () => {
  it('is not ready', async () => {
    const unloaded = new FeatureFlagEvaluator(flags)

    await expect(OpenFeature.setProviderAndWait(new AshlarProvider(unloaded))).rejects.toThrow(
      'the evaluator has no document yet',
    )

    expect(client.providerStatus).toBe(ProviderStatus.ERROR)
    for (const key of ['unloaded', 'open'])
      expect(await client.getBooleanDetails(key, true)).toMatchObject({
        value: true,
        errorCode: 'PROVIDER_NOT_READY',
      })
  })

  it('is ready with the first flag that it tells', async () => {
    const late = new FeatureFlagEvaluator(flags)
    await OpenFeature.setProviderAndWait(new AshlarProvider(late)).catch(() => {})

    late.use(document)

    expect(await client.getBooleanValue('open', false)).toBe(true)
    expect(client.providerStatus).toBe(ProviderStatus.READY)
  })

  it('is ready once, when it got one before it is provided again', async () => {
    const late = new FeatureFlagEvaluator(flags)
    const provider = new AshlarProvider(late)
    await OpenFeature.setProviderAndWait(provider).catch(() => {})
    await OpenFeature.setProviderAndWait(new AshlarProvider(new FeatureFlagEvaluator(flags, { document })))
    late.use(document)
    await OpenFeature.setProviderAndWait(provider)
    let told = 0
    provider.events.addHandler(ProviderEvents.Ready, () => void told++)

    await client.getBooleanValue('open', false)

    expect(told).toBe(0)
  })
})

describe('Flags that are followed', () => {
  const givenFollowed = () => {
    const followed = new HandFollowedFlags(evaluator())
    const events: unknown[] = []
    for (const type of Object.values(ProviderEvents))
      client.addHandler(type, (details) =>
        events.push([type, details?.message, (details as { flagsChanged?: string[] }).flagsChanged]),
      )
    return { followed, events }
  }
  const refused = {
    type: 'refused',
    failure: failure('FlagSourceUnavailable', 'down', { source: 's', cause: 0 }),
  } as const

  it('say what has changed', async () => {
    const { followed, events } = givenFollowed()
    await OpenFeature.setProviderAndWait(new AshlarProvider(followed))

    followed.tell({ type: 'changed', revision: 'r2', changed: ['open', 'text'] })
    await settled()

    expect(events).toEqual([
      [ProviderEvents.Ready, undefined, undefined],
      [ProviderEvents.ConfigurationChanged, 'revision r2', ['open', 'text']],
    ])
    expect(client.providerStatus).toBe(ProviderStatus.READY)
  })

  it('are stale when a document is refused, go on telling, and are ready again', async () => {
    const { followed, events } = givenFollowed()
    await OpenFeature.setProviderAndWait(new AshlarProvider(followed))

    followed.tell(refused)
    await settled()
    const whileStale = [client.providerStatus, await client.getBooleanValue('open', false)]
    followed.tell({ type: 'recovered' })
    await settled()

    expect(whileStale).toEqual([ProviderStatus.STALE, true])
    expect(client.providerStatus).toBe(ProviderStatus.READY)
    expect(events).toEqual([
      [ProviderEvents.Ready, undefined, undefined],
      [ProviderEvents.Stale, 'down', undefined],
      [ProviderEvents.Ready, undefined, undefined],
    ])
  })

  it('that are stale from the beginning are told so', async () => {
    const { followed } = givenFollowed()
    followed.status = 'stale'
    followed.lastFailure = { message: 'down' }
    const stale = Promise.withResolvers<string | undefined>()
    client.addHandler(ProviderEvents.Stale, (details) => stale.resolve(details?.message))

    await OpenFeature.setProviderAndWait(new AshlarProvider(followed))

    expect(await stale.promise).toBe('down')
    expect(client.providerStatus).toBe(ProviderStatus.STALE)
  })

  it('are let go, not closed, when they were handed in', async () => {
    const { followed } = givenFollowed()
    await OpenFeature.setProviderAndWait(new AshlarProvider(followed))

    await OpenFeature.clearProviders()

    expect({ listeners: followed.listeners.size, closed: followed.closed }).toEqual({
      listeners: 0,
      closed: 0,
    })
  })

  it('that were closed before are fatal', async () => {
    const { followed } = givenFollowed()
    await followed.close()

    await expect(OpenFeature.setProviderAndWait(new AshlarProvider(followed))).rejects.toThrow(
      'the flags were closed',
    )

    expect(client.providerStatus).toBe(ProviderStatus.FATAL)
  })

  it('survive a handler that throws', async () => {
    const { followed } = givenFollowed()
    client.addHandler(ProviderEvents.Stale, () => {
      throw new Error('a bad handler')
    })
    await OpenFeature.setProviderAndWait(new AshlarProvider(followed))

    followed.tell(refused)
    await settled()

    expect(client.providerStatus).toBe(ProviderStatus.STALE)
    expect(await client.getBooleanValue('open', false)).toBe(true)
  })
})

describe('Live flags', () => {
  it('are told as changed, stale, and ready again', async () => {
    const documented = (revision: string, defaultVariant: string) => ({
      version: 1,
      revision,
      flags: { open: { enabled: true, type: 'boolean', defaultVariant } },
    })
    const source = objectSource(documented('1', 'off'))
    const live = (await LiveFlags.open(defineFlags({}), { source }))._unsafeUnwrap()
    const changed: unknown[] = []
    client.addHandler(ProviderEvents.ConfigurationChanged, (details) => changed.push(details?.flagsChanged))
    await OpenFeature.setProviderAndWait(new AshlarProvider(live))
    const told = async () => [client.providerStatus, await client.getBooleanValue('open', false)]

    const seen = [await told()]
    for (const document of [documented('2', 'on'), { version: 'none' }, documented('3', 'off')]) {
      source.replace(document)
      const reloaded = await live.reload()
      expect(reloaded.isOk()).toBe(document.version === 1)
      await settled()
      seen.push(await told())
    }
    await live.close()

    expect(seen).toEqual([
      [ProviderStatus.READY, false],
      [ProviderStatus.READY, true],
      [ProviderStatus.STALE, true],
      [ProviderStatus.READY, false],
    ])
    expect(changed).toEqual([['open'], ['open']])
  })
})

describe('Flags that the provider opens', () => {
  it('are ready when they are open, and closed with the provider', async () => {
    const followed = new HandFollowedFlags(evaluator())
    await OpenFeature.setProviderAndWait(new AshlarProvider(async () => ok(followed)))

    const value = await client.getBooleanValue('open', false)
    await OpenFeature.clearProviders()

    expect(value).toBe(true)
    expect({ listeners: followed.listeners.size, closed: followed.closed }).toEqual({
      listeners: 0,
      closed: 1,
    })
  })

  it.each([
    ['InvalidFlagDocument', ProviderStatus.FATAL, 'PROVIDER_FATAL'],
    ['FlagSourceUnavailable', ProviderStatus.ERROR, 'PROVIDER_NOT_READY'],
  ])('that fail with %s leave the status %s', async (type, status, errorCode) => {
    const open = async () => err(failure(type, 'it went wrong', {}))

    await expect(OpenFeature.setProviderAndWait(new AshlarProvider(open))).rejects.toThrow('it went wrong')

    expect(client.providerStatus).toBe(status)
    expect(await client.getBooleanDetails('open', true)).toMatchObject({ value: true, errorCode })
  })

  it('that throw leave an error', async () => {
    const provider = new AshlarProvider(() => Promise.reject(new Error('no such server')))

    await expect(OpenFeature.setProviderAndWait(provider)).rejects.toThrow('no such server')

    expect(client.providerStatus).toBe(ProviderStatus.ERROR)
  })

  it('and that come after the provider was closed are closed at once', async () => {
    const followed = new HandFollowedFlags(evaluator())
    const opening = Promise.withResolvers<void>()
    const set = OpenFeature.setProviderAndWait(
      new AshlarProvider(() => opening.promise.then(() => ok(followed))),
    ).catch((error: unknown) => error)

    await OpenFeature.clearProviders()
    opening.resolve()

    expect(await set).toMatchObject({ code: 'PROVIDER_NOT_READY' })
    expect({ listeners: followed.listeners.size, closed: followed.closed }).toEqual({
      listeners: 0,
      closed: 1,
    })
  })

  it('are let go when others are opened in their place', async () => {
    const opened: HandFollowedFlags[] = []
    const provider = new AshlarProvider(async () => {
      const followed = new HandFollowedFlags(evaluator())
      opened.push(followed)
      return ok(followed)
    })

    await provider.initialize()
    await provider.initialize()

    expect(opened.map(({ listeners, closed }) => ({ listeners: listeners.size, closed }))).toEqual([
      { listeners: 0, closed: 1 },
      { listeners: 1, closed: 0 },
    ])
  })

  it('can be opened again after they were closed', async () => {
    const provider = new AshlarProvider(async () => ok(new HandFollowedFlags(evaluator())))
    await OpenFeature.setProviderAndWait(provider)
    await OpenFeature.clearProviders()

    await OpenFeature.setProviderAndWait(provider)

    expect(await client.getBooleanValue('open', false)).toBe(true)
  })
})
