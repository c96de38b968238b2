import { describe, expect, it } from 'vitest'
import { invalidManifests, leastManifest, validManifests } from '../../test/manifests.ts'
import type { ManifestInvalid } from '../load/discovery-failure.ts'
import { parseManifest, readManifest } from './parse-manifest.ts'

function refused(manifest: unknown): ManifestInvalid {
  return parseManifest(manifest, '/plugins/demo')._unsafeUnwrapErr()
}

describe('parseManifest', () => {
  it.each(Object.entries(validManifests))('takes a manifest of %s', (_, manifest) => {
    const parsed = parseManifest(manifest, '/plugins/demo')

    expect(parsed._unsafeUnwrap()).toMatchObject({ id: manifest.id, version: manifest.version })
  })

  it.each(invalidManifests)('refuses $what, and says where', ({ manifest, path }) => {
    const { findings, origin } = refused(manifest)

    expect(findings.map((finding) => finding.path)).toEqual([path])
    expect(origin).toBe('/plugins/demo')
  })

  it('hands out all that a manifest says', () => {
    const parsed = parseManifest(
      {
        ...leastManifest,
        dependsOn: { 'demo.a': '^1.0.0' },
        isolation: 'worker',
        needs: [{ kind: 'env', names: ['HOME'] }],
        contributes: { 'demo.greet': { weight: 1 } },
      },
      'here',
    )

    expect(parsed._unsafeUnwrap()).toEqual({
      ...leastManifest,
      dependsOn: new Map([['demo.a', '^1.0.0']]),
      optional: new Map(),
      isolation: 'worker',
      needs: [{ kind: 'env', names: ['HOME'] }],
      contributes: new Map([['demo.greet', { weight: 1 }]]),
      integrity: undefined,
      signature: undefined,
    })
  })

  it('tells all findings at once, with what was expected and found', () => {
    const { findings, message, more } = refused({
      ...leastManifest,
      id: 'A',
      entry: 7,
      needs: [{}],
      extra: 1,
    })

    expect(findings.map(({ path, found }) => [path, found])).toEqual([
      ['extra', 'an unknown field'],
      ['id', '"A"'],
      ['entry', '7'],
      ['needs[0].kind', 'nothing'],
    ])
    expect(more).toBe(0)
    expect(message).toMatch(
      /^the manifest of \/plugins\/demo can't be used: extra must be one of the fields .*, found an unknown field$/,
    )
  })

  it('keeps a hundred findings and counts the others', () => {
    const needs = Array.from({ length: 150 }, () => ({ kind: 'no' }))

    const { findings, more } = refused({ ...leastManifest, needs })

    expect([findings.length, more]).toEqual([100, 50])
  })

  it('shows no more than the beginning of a long text', () => {
    const { findings } = refused({ ...leastManifest, id: `A${'b'.repeat(50_000)}`, ['C'.repeat(10_000)]: 1 })

    for (const { path, found } of findings) expect((path + found).length).toBeLessThan(100)
  })

  it('hands out what can’t be changed, and nothing that came in', () => {
    const given = {
      ...leastManifest,
      dependsOn: { a: '*' },
      contributes: { b: { list: [{}] } },
      needs: [{ kind: 'net' }],
    }

    const manifest = parseManifest(given, '')._unsafeUnwrap()
    given.dependsOn.a = '1'
    given.contributes.b.list.push({})

    expect(manifest.dependsOn.get('a')).toBe('*')
    expect(manifest.contributes.get('b')).toEqual({ list: [{}] })
    for (const part of [manifest, manifest.needs, manifest.needs[0], manifest.contributes.get('b')])
      expect(Object.isFrozen(part)).toBe(true)
    const map = manifest.dependsOn as Map<string, string>
    for (const change of [() => map.set('b', '*'), () => map.delete('a'), () => map.clear()])
      expect(change).toThrow(TypeError)
    expect([...manifest.dependsOn]).toEqual([['a', '*']])
  })

  it('takes nothing from the prototype of what came in, and pollutes none', () => {
    const inherited: unknown = Object.create(leastManifest)

    expect(refused(inherited).findings).toHaveLength(1)
    refused(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'))
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it.each<[string, () => unknown]>([
    [
      'a getter that throws',
      () => Object.defineProperty({ ...leastManifest }, 'api', { enumerable: true, get: fails }),
    ],
    ['a proxy that throws', () => new Proxy({}, { ownKeys: fails })],
    ['a revoked proxy', revoked],
    ['what throws something that throws', () => new Proxy({}, { ownKeys: failsWithTrap })],
    ['a list that tells a strange length', () => ({ ...leastManifest, needs: endless() })],
    ['a class', () => Object.assign(new (class Manifest {})(), leastManifest)],
    ['a function', () => () => leastManifest],
    ['a symbol', () => Symbol('manifest')],
    ['a circle', circle],
  ])('throws nothing for %s', (_, make) => {
    expect(refused(make()).findings).toHaveLength(1)
  })

  it('reads a getter once, so that it can’t change after the check', () => {
    let reads = 0
    const given = {
      ...leastManifest,
      get entry() {
        return reads++ === 0 ? 'plugin.cjs' : '../../evil.cjs'
      },
    }

    const { manifest, json } = readManifest(given, '', 'must name its code')._unsafeUnwrap()

    expect([manifest.entry, (json as typeof leastManifest).entry, reads]).toEqual([
      'plugin.cjs',
      'plugin.cjs',
      1,
    ])
  })
})

describe('the manifest of a plugin that the host has already', () => {
  const { entry: _, ...withoutEntry } = leastManifest

  it('needs no entry', () => {
    expect(readManifest(withoutEntry, '', 'may name its code')._unsafeUnwrap().manifest.entry).toBe('')
  })

  it('may have a good one', () => {
    const read = (entry: unknown) => readManifest({ ...withoutEntry, entry }, '', 'may name its code')

    expect(read('plugin.cjs')._unsafeUnwrap().manifest.entry).toBe('plugin.cjs')
    expect(read('../plugin.cjs')._unsafeUnwrapErr().findings[0]?.path).toBe('entry')
  })
})

function fails(): never {
  throw new Error('trap')
}

function failsWithTrap(): never {
  throw new Proxy({}, { getPrototypeOf: fails, get: fails })
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function endless(): unknown {
  return new Proxy([], { get: (list, name) => (name === 'length' ? 1e12 : Reflect.get(list, name)) })
}

function circle(): unknown {
  const contributes: { a?: unknown } = {}
  contributes.a = contributes
  return { ...leastManifest, contributes }
}
