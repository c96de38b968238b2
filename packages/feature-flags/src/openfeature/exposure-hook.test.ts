import { type Client, type Hook, OpenFeature, TypedInMemoryProvider } from '@openfeature/server-sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeepingSink } from '../../test/exposures/sinks.ts'
import { documentOf, everybody, onOff } from '../../test/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { ExposureRecorder } from '../exposures/exposure-recorder.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { AshlarProvider } from './ashlar-provider.ts'
import { exposureHook } from './exposure-hook.ts'

const document = documentOf({
  ruled: onOff({ rules: [everybody({ variant: 'on' }, 'all')] }),
  constant: onOff(),
})
const user = { targetingKey: 'u-1', country: 'KR' }
const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} }

let client: Client
let sink: KeepingSink
let recorder: ExposureRecorder<ReturnType<typeof defineFlags>>
let evaluator: FeatureFlagEvaluator<ReturnType<typeof defineFlags>>

beforeEach(async () => {
  sink = new KeepingSink()
  evaluator = new FeatureFlagEvaluator(defineFlags({}), { document })
  recorder = new ExposureRecorder(evaluator, { sink, attributes: ['country'] })
  OpenFeature.setLogger(silent)
  await OpenFeature.setProviderAndWait(new AshlarProvider(evaluator))
  client = OpenFeature.getClient().addHooks(exposureHook(recorder))
})

afterEach(async () => {
  await recorder.close()
  await OpenFeature.clearProviders()
  OpenFeature.clearHooks()
})

async function recorded() {
  await recorder.flush()
  return sink.kept
}

describe('exposureHook', () => {
  it('records what was told, with rule, revision and the merged context', async () => {
    OpenFeature.setContext({ targetingKey: 'u-9' })
    client.setContext({ targetingKey: 'u-1' })

    const value = await client.getBooleanValue('ruled', false, { country: 'KR' })
    OpenFeature.setContext({})

    expect(value).toBe(true)
    expect(await recorded()).toMatchObject([
      {
        flag: 'ruled',
        variant: 'on',
        unit: 'u-1',
        ruleId: 'all',
        reason: 'TARGETING_MATCH',
        revision: 'r1',
        attributes: { country: 'KR' },
      },
    ])
  })

  it('records by the revision that told the flag, not by the one of the moment', async () => {
    const changing: Hook = {
      after: () => evaluator.use(documentOf({}, { revision: 'r2' })),
    }

    await client.getBooleanValue('ruled', false, user, { hooks: [changing] })

    expect(await recorded()).toMatchObject([{ revision: 'r1' }])
  })

  it('records once who asks again', async () => {
    for (let turn = 0; turn < 3; turn++) await client.getBooleanValue('ruled', false, user)

    expect(await recorded()).toHaveLength(1)
  })

  it.each([
    ['a flag without rules', 'constant', user],
    ['a flag that is nowhere', 'nowhere', user],
    ['a context without a targeting key', 'ruled', {}],
  ])('records nothing for %s', async (_, key, context) => {
    await client.getBooleanValue(key, false, context)

    expect(await recorded()).toEqual([])
  })

  it('records nothing where another hook fails the evaluation, as its caller sees the default', async () => {
    const failing: Hook = {
      after() {
        throw new Error('a bad hook')
      },
    }

    const details = await client.getBooleanDetails('ruled', false, user, { hooks: [failing] })

    expect(details).toMatchObject({ value: false, reason: 'ERROR', errorCode: 'GENERAL' })
    expect(await recorded()).toEqual([])
  })

  it('records nothing where a flag is asked for as another type, as its caller sees the default', async () => {
    const details = await client.getStringDetails('ruled', 'default', user)

    expect(details).toMatchObject({ value: 'default', reason: 'ERROR', errorCode: 'TYPE_MISMATCH' })
    expect(await recorded()).toEqual([])
  })

  it('records what another provider told, without rule and revision', async () => {
    const other = new TypedInMemoryProvider({
      other: { variants: { a: 1 }, defaultVariant: 'a', disabled: false, contextEvaluator: () => 'a' },
    })
    await OpenFeature.setProviderAndWait(other)

    await client.getNumberValue('other', 0, user)

    expect(await recorded()).toMatchObject([
      { flag: 'other', variant: 'a', reason: 'TARGETING_MATCH', revision: '' },
    ])
  })

  it('fails no evaluation when the recorder throws', async () => {
    const broken = exposureHook({
      record() {
        throw new Error('a bad recorder')
      },
    })

    expect(await client.getBooleanDetails('ruled', false, user, { hooks: [broken] })).toMatchObject({
      value: true,
      reason: 'TARGETING_MATCH',
    })
  })
})
