import { describe, expect, it } from 'vitest'
import { discovered, found, hostOf } from '../../test/graph.ts'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { pluginUnreadable } from '../load/discovery-failure.ts'
import type { Capability, Isolation } from '../manifest/plugin-manifest.ts'
import type { PlanFailure } from './plan-failure.ts'
import { planPlugins } from './plan-plugins.ts'
import { defaultLimits } from './plugin-limits.ts'
import type { PluginPlan } from './plugin-plan.ts'
import type { PluginTerms } from './plugin-policy.ts'

const ids = ({ plugins }: PluginPlan) => plugins.map(({ manifest }) => manifest.id)
const failures = ({ refusals }: PluginPlan) => refusals.map(({ plugin, failure }) => [plugin, failure.type])

/** The plan for one plugin on some terms. */
function plan(manifest: object, terms: Partial<PluginTerms> = {}): PluginPlan {
  return planPlugins(
    found(discovered('demo', manifest)),
    hostOf({ policy: () => ({ isolation: 'trusted', ...terms }) }),
  )
}

function refusal(manifest: object, terms?: Partial<PluginTerms>): PlanFailure {
  const { plugins, refusals } = plan(manifest, terms)
  expect([plugins.length, refusals.length]).toEqual([0, 1])
  return refusals[0]?.failure as PlanFailure
}

describe('planPlugins', () => {
  it('plans a plugin on the terms of the policy', () => {
    const config = { rate: 2 }

    const { plugins, refusals } = plan({}, { isolation: 'process', config, limits: { callTimeoutMs: 10 } })

    expect(plugins).toMatchObject([
      {
        manifest: { id: 'demo' },
        origin: '/plugins/demo',
        code: { kind: 'bundle' },
        isolation: 'process',
        grants: [],
        config,
        limits: { ...defaultLimits, callTimeoutMs: 10 },
        after: [],
      },
    ])
    expect(refusals).toEqual([])
    expect([plugins, refusals, plugins[0], plugins[0]?.limits].every(Object.isFrozen)).toBe(true)
  })

  it('hands on what the discovery has refused', () => {
    const refused = { plugin: undefined, origin: '/x', failure: pluginUnreadable('/x', 'no') }

    expect(planPlugins({ plugins: [], refusals: [refused] }, hostOf()).refusals).toEqual([refused])
  })

  it('refuses all plugins of one id', () => {
    const twins = [{ ...discovered('a'), origin: '/z' }, discovered('b'), discovered('a')]

    const made = planPlugins(found(...twins), hostOf())

    expect(ids(made)).toEqual(['b'])
    expect(made.refusals).toMatchObject([
      {
        origin: '/plugins/a',
        failure: { type: 'PluginIdTaken', plugin: 'a', origins: ['/plugins/a', '/z'] },
      },
      { origin: '/z', failure: { type: 'PluginIdTaken' } },
    ])
  })

  it.each<[string, boolean]>([
    ['^1.0.0', true],
    ['>=1.4.0', true],
    ['*', true],
    ['>=1.5.0-0', true],
    ['^2.0.0', false],
    ['<1.4.0', false],
    ['>=1.5.0', false],
  ])('starts a plugin for hosts %s in 1.5.0-beta.1: %s', (engine, isTaken) => {
    const made = planPlugins(found(discovered('a', { engine })), hostOf({ engine: '1.5.0-beta.1' }))

    expect(failures(made)).toEqual(isTaken ? [] : [['a', 'EngineMismatch']])
  })

  it('refuses a plugin of another interface', () => {
    expect(refusal({ api: 'other/1' })).toMatchObject({
      type: 'ApiMismatch',
      wanted: 'other/1',
      offered: ['demo/1'],
    })
  })

  it('refuses a contribution to a point that is not there', () => {
    const contributes = { 'demo.greet': {}, 'demo.other': {} }

    expect(refusal({ contributes })).toMatchObject({ type: 'PointUnknown', point: 'demo.other' })
  })

  it('refuses what the policy refuses, and what it throws about', () => {
    const plugins = found(discovered('a'), discovered('b'), discovered('c'))

    const made = planPlugins(
      plugins,
      hostOf({
        policy: ({ id }) => {
          if (id === 'b') throw new Error('no idea')
          return id === 'c' ? { isolation: 'trusted' } : undefined
        },
      }),
    )

    expect(ids(made)).toEqual(['c'])
    expect(made.refusals.map(({ failure }) => failure)).toMatchObject([
      { type: 'IsolationRefused', plugin: 'a', reason: 'the policy does not allow it' },
      { type: 'IsolationRefused', plugin: 'b', reason: 'the policy threw Error: no idea' },
    ])
  })

  it('tells the first of several reasons', () => {
    const all = {
      engine: '2.x',
      api: 'no',
      contributes: { no: 1 },
      needs: [{ kind: 'net' }],
      dependsOn: { no: '*' },
    }
    const types = []
    for (const mended of ['', 'engine', 'api', 'contributes', 'needs'] as const) {
      if (mended !== '') Reflect.deleteProperty(all, mended)
      types.push(refusal({ ...all }).type)
    }

    expect(types).toEqual([
      'EngineMismatch',
      'ApiMismatch',
      'PointUnknown',
      'CapabilityDenied',
      'DependencyMissing',
    ])
  })

  it.each(['1.4', 'latest', '', undefined])('refuses a host of the version %s', (engine) => {
    expect(() => planPlugins(found(), hostOf({ engine: engine as string }))).toThrow(InvalidPluginOptionError)
  })
})

describe('the isolation of a plugin', () => {
  it.each<[Isolation | undefined, Isolation, Isolation]>([
    [undefined, 'trusted', 'trusted'],
    [undefined, 'process', 'process'],
    ['worker', 'trusted', 'worker'],
    ['trusted', 'worker', 'worker'],
    ['process', 'worker', 'process'],
    ['worker', 'process', 'process'],
  ])('that asks for %s where the policy wants %s is %s', (isolation, wanted, expected) => {
    const { plugins } = plan(isolation === undefined ? {} : { isolation }, { isolation: wanted })

    expect(plugins.map((planned) => planned.isolation)).toEqual([expected])
  })

  it('can’t be one that the host does not have', () => {
    expect(refusal({ isolation: 'sandbox' })).toMatchObject({ type: 'IsolationRefused', wanted: 'sandbox' })
  })

  it.each<['module' | 'object', Isolation, Isolation | undefined, string[]]>([
    ['module', 'trusted', undefined, []],
    ['object', 'trusted', 'trusted', []],
    ['module', 'worker', undefined, ['IsolationRefused']],
    ['object', 'process', undefined, ['IsolationRefused']],
    ['module', 'trusted', 'process', ['IsolationRefused']],
  ])(
    'of a %s where the policy wants %s and it asks for %s is refused with %j',
    (kind, isolation, asked, expected) => {
      const code = { kind, file: '/p.mjs', definition: { activate() {} } } as const
      const plugin = discovered('a', asked === undefined ? {} : { isolation: asked }, code)

      const { refusals } = planPlugins(found(plugin), hostOf({ policy: () => ({ isolation }) }))

      expect(refusals.map(({ failure }) => failure.type)).toEqual(expected)
    },
  )

  it.each([{}, { isolation: 'Trusted' }, null, 'trusted', Promise.resolve({ isolation: 'trusted' })])(
    'can’t be what no policy can want: %j',
    (terms) => {
      const host = hostOf({ policy: () => terms as never })

      expect(() => planPlugins(found(discovered('a')), host)).toThrow(InvalidPluginOptionError)
    },
  )
})

describe('the capabilities of a plugin', () => {
  const service: Capability = { kind: 'service', id: 'demo.ledger' }
  const readsData: Capability = { kind: 'fs.read', paths: ['/data'] }
  const env: Capability = { kind: 'env', names: ['A', 'B'] }

  it.each<[Capability, Capability[]]>([
    [service, [service]],
    [{ kind: 'net' }, [service, { kind: 'net' }]],
    [readsData, [readsData]],
    [{ kind: 'fs.read', paths: ['/data/in', '/data/..out'] }, [readsData]],
    [{ kind: 'fs.read', paths: ['/data', '/more/x'] }, [readsData, { kind: 'fs.read', paths: ['/more'] }]],
    [{ kind: 'fs.write', paths: ['/etc/x'] }, [{ kind: 'fs.write', paths: ['/'] }]],
    [{ kind: 'env', names: ['B'] }, [env]],
    [
      env,
      [
        { kind: 'env', names: ['A'] },
        { kind: 'env', names: ['B', 'C'] },
      ],
    ],
  ])('are granted: %j of %j', (wanted, grants) => {
    const { plugins } = plan({ needs: [wanted] }, { grants })

    expect(plugins.map((planned) => planned.grants)).toEqual([[wanted]])
  })

  it.each<[Capability, Capability[]]>([
    [service, []],
    [service, [{ kind: 'service', id: 'demo.other' }]],
    [{ kind: 'service', id: 'demo.absent' }, [{ kind: 'service', id: 'demo.absent' }]],
    [{ kind: 'net' }, [readsData, env, service]],
    [readsData, [{ kind: 'fs.write', paths: ['/data'] }]],
    [readsData, [{ kind: 'fs.read', paths: ['/data/in'] }]],
    [{ kind: 'fs.read', paths: [`${process.cwd()}/data`] }, [{ kind: 'fs.read', paths: ['data', '.', ''] }]],
    [{ kind: 'fs.read', paths: ['/database'] }, [readsData]],
    [{ kind: 'fs.read', paths: ['/data/../etc'] }, [readsData]],
    [{ kind: 'fs.read', paths: ['/data/x/../../etc/passwd'] }, [readsData]],
    [{ kind: 'fs.read', paths: ['/data', '/etc'] }, [readsData]],
    [{ kind: 'fs.read', paths: ['/'] }, [readsData]],
    [{ kind: 'env', names: ['A', 'SECRET'] }, [env]],
    [{ kind: 'env', names: ['a'] }, [env]],
  ])('are denied: %j of %j', (wanted, grants) => {
    expect(refusal({ needs: [wanted] }, { grants })).toMatchObject({
      type: 'CapabilityDenied',
      capability: wanted,
    })
  })

  it('are handed on with plain paths, so that all mean the same by them', () => {
    const needs = [{ kind: 'fs.read', paths: ['/data/./in//', '/data/x/../out', '/data/'] }]

    const { plugins } = plan({ needs }, { grants: [readsData] })

    expect(plugins[0]?.grants).toEqual([{ kind: 'fs.read', paths: ['/data/in', '/data/out', '/data'] }])
  })

  it('are no more than it asks for', () => {
    expect(plan({}, { grants: [service, readsData, env, { kind: 'net' }] }).plugins[0]?.grants).toEqual([])
  })
})

describe('the limits of a plugin', () => {
  it('have defaults', () => {
    const limits = { maxFaults: 9, callTimeoutMs: undefined } as never

    expect(plan({}, { limits }).plugins[0]?.limits).toEqual({ ...defaultLimits, maxFaults: 9 })
  })

  it.each<[string, unknown]>([
    ['maxFaults', 0],
    ['maxFaults', -1],
    ['maxFaults', 1.5],
    ['maxFaults', Number.NaN],
    ['maxMemoryBytes', Number.POSITIVE_INFINITY],
    ['callTimeoutMs', 2 ** 31],
    ['callTimeoutMs', '5'],
    ['callTimeoutMs', null],
    ['calltimeoutMs', 5],
    ['toString', 5],
  ])('can’t be %s: %s', (name, value) => {
    expect(() => plan({}, { limits: { [name]: value } })).toThrow(InvalidPluginOptionError)
  })

  it('may be the longest time that a timer can wait', () => {
    expect(plan({}, { limits: { callTimeoutMs: 2 ** 31 - 1 } }).plugins).toHaveLength(1)
  })
})
