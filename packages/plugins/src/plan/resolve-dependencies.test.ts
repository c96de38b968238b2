import { describe, expect, it } from 'vitest'
import { discovered, found, hostOf } from '../../test/graph.ts'
import { planPlugins } from './plan-plugins.ts'
import type { PluginPlan } from './plugin-plan.ts'

/** Plugins by id, each with those that it waits for; `?` before an id makes it optional. */
function planOf(graph: { readonly [id: string]: readonly string[] }): PluginPlan {
  const any = (all: readonly string[]) => Object.fromEntries(all.map((other) => [other, '*']))
  const plugins = Object.entries(graph).map(([id, all]) => {
    const optional = all.filter((other) => other.startsWith('?')).map((other) => other.slice(1))
    return discovered(id, {
      dependsOn: any(all.filter((other) => !other.startsWith('?'))),
      optional: any(optional),
    })
  })
  return planPlugins(found(...plugins), hostOf())
}

const ids = ({ plugins }: PluginPlan) => plugins.map(({ manifest }) => manifest.id).join(' ')
const paths = ({ refusals }: PluginPlan) =>
  refusals.map(({ failure }) =>
    'path' in failure ? [failure.type, ...failure.path].join(' ') : failure.type,
  )

describe('the order of plugins', () => {
  it('is that in which they need each other, then that of their ids', () => {
    const made = planOf({ a: ['z'], c: [], z: ['m'], b: ['a'], m: [] })

    expect(ids(made)).toBe('c m z a b')
    expect(made.plugins.map(({ after }) => after.join())).toEqual(['', '', 'm', 'z', 'a'])
  })

  it('puts one that several lead to before all of them, once', () => {
    expect(ids(planOf({ a: ['b', 'c', 'd'], b: ['e'], c: ['b', 'e'], d: ['c'], e: [] }))).toBe('e b c d a')
  })

  it('does not depend on the order in which they were found', () => {
    const plugins = [
      discovered('a', { dependsOn: { d: '*' } }),
      discovered('b', { dependsOn: { none: '*' } }),
      discovered('c', { optional: { a: '*', b: '*' } }),
      discovered('d'),
      discovered('e', { dependsOn: { b: '*' } }),
    ]

    const made = planPlugins(found(...plugins), hostOf())

    expect(planPlugins(found(...plugins.toReversed()), hostOf())).toEqual(made)
  })

  it('puts an optional one first where it is there and fits', () => {
    const any = { optional: { z: '^1.0.0' } }

    const fitting = planPlugins(found(discovered('a', any), discovered('z')), hostOf())
    const other = planPlugins(found(discovered('a', any), discovered('z', { version: '2.0.0' })), hostOf())
    const alone = planPlugins(found(discovered('a', any)), hostOf())

    expect([fitting, other, alone].map(ids)).toEqual(['z a', 'a z', 'a'])
    expect([fitting, other, alone].map(({ plugins }) => plugins[0]?.after)).toEqual([[], [], []])
  })

  it('passes over an optional one that was refused', () => {
    const made = planOf({ a: ['?b'], b: ['none'] })

    expect([ids(made), paths(made)]).toEqual(['a', ['DependencyMissing b none']])
  })

  it('heeds no optional one where that would make a circle', () => {
    expect(ids(planOf({ a: ['?b'], b: ['a'] }))).toBe('a b')
    expect(ids(planOf({ a: ['?b'], b: ['?c'], c: ['?a'], d: ['?a'] }))).toBe('a b c d')
    expect(ids(planOf({ a: ['?a'] }))).toBe('a')
  })
})

describe('a plugin that waits for others', () => {
  it('is refused when one is not there, with the path to it', () => {
    const made = planOf({ a: ['b'], b: ['c'], c: ['none'], d: [] })

    expect(ids(made)).toBe('d')
    expect(paths(made)).toEqual([
      'DependencyMissing a b c none',
      'DependencyMissing b c none',
      'DependencyMissing c none',
    ])
    expect(made.refusals[0]?.failure.message).toBe(
      'plugin "a" can\'t start without "none", which is not to be had: a → b → c → none',
    )
  })

  it('is refused when one was refused for another reason', () => {
    const plugins = found(
      discovered('a', { dependsOn: { b: '*' } }),
      discovered('b', { dependsOn: { c: '*' } }),
      discovered('c', { engine: '^2.0.0' }),
    )

    expect(paths(planPlugins(plugins, hostOf()))).toEqual([
      'DependencyMissing a b c',
      'DependencyMissing b c',
      'EngineMismatch',
    ])
  })

  it('is refused when two have the id of one', () => {
    const plugins = found(discovered('a', { dependsOn: { b: '*' } }), discovered('b'), discovered('b'))

    expect(paths(planPlugins(plugins, hostOf()))).toEqual([
      'DependencyMissing a b',
      'PluginIdTaken',
      'PluginIdTaken',
    ])
  })

  it('is refused when one has another version, and so are those that wait for it', () => {
    const plugins = found(
      discovered('a', { dependsOn: { b: '*' } }),
      discovered('b', { dependsOn: { c: '^2.0.0' } }),
      discovered('c', { version: '1.9.0' }),
    )

    const made = planPlugins(plugins, hostOf())

    expect(ids(made)).toBe('c')
    expect(made.refusals.map(({ failure }) => failure)).toMatchObject([
      { type: 'DependencyMissing', path: ['a', 'b'] },
      { type: 'DependencyVersionMismatch', plugin: 'b', dependency: 'c', wanted: '^2.0.0', found: '1.9.0' },
    ])
  })

  it('may wait for a prerelease that lies in its range', () => {
    const plugins = found(
      discovered('a', { dependsOn: { b: '^1.0.0' } }),
      discovered('b', { version: '1.1.0-rc.1' }),
    )

    expect(ids(planPlugins(plugins, hostOf()))).toBe('b a')
  })

  it('is refused with the path when it waits for itself, and so are those that wait for it', () => {
    const made = planOf({ a: ['b'], b: ['c'], c: ['d'], d: ['b'], e: ['e'], f: ['a'], g: [] })

    expect(ids(made)).toBe('g')
    expect(paths(made)).toEqual([
      'DependencyMissing a b',
      'DependencyCycle b c d b',
      'DependencyCycle c d b c',
      'DependencyCycle d b c d',
      'DependencyCycle e e',
      'DependencyMissing f a b',
    ])
  })

  it('is told of a circle of its own where several hang together', () => {
    const made = planOf({ a: ['b'], b: ['a', 'c'], c: ['d'], d: ['b'] })

    expect(paths(made)).toEqual([
      'DependencyCycle a b a',
      'DependencyCycle b a b',
      'DependencyCycle c d b c',
      'DependencyCycle d b c d',
    ])
  })

  it('is told what is missing rather than of the circle that it is part of', () => {
    expect(paths(planOf({ a: ['b'], b: ['a', 'none'] }))).toEqual([
      'DependencyCycle a b a',
      'DependencyMissing b none',
    ])
  })
})

describe('a hundred thousand plugins', () => {
  const count = 100_000
  const id = (at: number) => `p${String(at).padStart(6, '0')}`
  const first = discovered(id(0))
  const row = (last: object) =>
    Array.from({ length: count }, (_, at) => ({
      ...first,
      origin: '',
      manifest: {
        ...first.manifest,
        id: id(at),
        dependsOn: new Map(Object.entries(at < count - 1 ? { [id(at + 1)]: '*' } : last)),
      },
    }))

  it('in one row start in order', () => {
    const made = planPlugins({ plugins: row({}), refusals: [] }, hostOf())

    expect([made.plugins.length, made.refusals.length]).toEqual([count, 0])
    expect([made.plugins[0]?.manifest.id, made.plugins.at(-1)?.manifest.id]).toEqual([id(count - 1), id(0)])
  })

  it('in one row whose end is missing are refused, each with both ends of its path', () => {
    const made = planPlugins({ plugins: row({ none: '*' }), refusals: [] }, hostOf())

    const failure = made.refusals[0]?.failure
    expect([made.plugins.length, made.refusals.length]).toEqual([0, count])
    expect(failure).toMatchObject({ type: 'DependencyMissing', plugin: id(0) })
    const path = failure?.type === 'DependencyMissing' ? failure.path : []
    expect(path.slice(0, 2)).toEqual([id(0), id(1)])
    expect(path.slice(24, 27)).toEqual([id(24), '…', id(count - 24)])
    expect(path.at(-1)).toBe('none')
    expect(failure?.message.length).toBeLessThan(400)
  })

  it('in one circle are refused, each with the circle', () => {
    const made = planPlugins({ plugins: row({ [id(0)]: '*' }), refusals: [] }, hostOf())

    expect([made.plugins.length, made.refusals.length]).toEqual([0, count])
    const { failure } = made.refusals[500] ?? {}
    expect(failure?.type === 'DependencyCycle' && failure.path.length).toBe(count + 1)
  })
})
