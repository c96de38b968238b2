import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { discovered, found, hostOf } from '../../test/graph.ts'
import type { PlanFailure } from './plan-failure.ts'
import { planPlugins } from './plan-plugins.ts'

const id = fc.integer({ min: 0, max: 11 }).map((at) => `p${at}`)
const range = fc.constantFrom('*', '*', '*', '^1.0.0', '^2.0.0')
const links = fc.dictionary(id, range, { maxKeys: 3 })
const plugin = fc
  .record({
    id,
    version: fc.constantFrom('1.0.0', '1.0.0', '2.0.0'),
    engine: fc.constantFrom('^1.0.0', '^1.0.0', '^1.0.0', '^3.0.0'),
    dependsOn: links,
    optional: links,
  })
  .map(({ id: name, ...manifest }) => discovered(name, manifest))
const graphs = fc.uniqueArray(plugin, { maxLength: 12, selector: ({ manifest }) => manifest.id })

const runs = { numRuns: 500 }

describe('any plugins', () => {
  it('are planned or refused, each once', () => {
    fc.assert(
      fc.property(fc.array(plugin, { maxLength: 14 }), (plugins) => {
        const made = planPlugins(found(...plugins), hostOf())

        const all = [
          ...made.plugins.map(({ manifest }) => manifest.id),
          ...made.refusals.map((refusal) => refusal.plugin),
        ]
        expect(all.toSorted()).toEqual(plugins.map(({ manifest }) => manifest.id).toSorted())
      }),
      runs,
    )
  })

  it('start in an order in which each comes after all that it needs, at versions that fit', () => {
    fc.assert(
      fc.property(graphs, (plugins) => {
        const started = new Map<string, string>()
        for (const { manifest, after } of planPlugins(found(...plugins), hostOf()).plugins) {
          for (const [needed, wanted] of manifest.dependsOn) {
            const major = started.get(needed)?.[0]
            expect(wanted === '*' ? major !== undefined : wanted[1] === major).toBe(true)
            expect(after).toContain(needed)
          }
          for (const before of after) expect(started.has(before)).toBe(true)
          started.set(manifest.id, manifest.version)
        }
      }),
      runs,
    )
  })

  it('are refused for a reason that is true', () => {
    fc.assert(
      fc.property(graphs, (plugins) => {
        const given = new Map(plugins.map(({ manifest }) => [manifest.id, manifest]))
        const made = planPlugins(found(...plugins), hostOf())
        const started = new Set(made.plugins.map(({ manifest }) => manifest.id))
        const leads = (path: readonly string[]) =>
          path.slice(1).every((to, at) => given.get(path[at] ?? '')?.dependsOn.has(to) === true)

        for (const { plugin: refused, failure } of made.refusals as readonly {
          plugin: string
          failure: PlanFailure
        }[])
          switch (failure.type) {
            case 'EngineMismatch':
              expect(given.get(refused)?.engine).toBe('^3.0.0')
              break
            case 'DependencyVersionMismatch':
              expect(given.get(refused)?.dependsOn.get(failure.dependency)).toBe(failure.wanted)
              expect(given.get(failure.dependency)?.version[0]).not.toBe(failure.wanted[1])
              break
            case 'DependencyCycle':
              expect([failure.path[0], failure.path.at(-1)]).toEqual([refused, refused])
              expect(new Set(failure.path).size).toBe(failure.path.length - 1)
              expect(leads(failure.path)).toBe(true)
              break
            case 'DependencyMissing':
              expect(failure.path[0]).toBe(refused)
              expect(leads(failure.path)).toBe(true)
              expect(started.has(failure.path.at(-1) ?? '')).toBe(false)
              break
            default:
              expect(failure.type).toBe('no other')
          }
      }),
      runs,
    )
  })

  it('are planned alike in whatever order they were found', () => {
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.nat()), (plugins, chance) => {
        const turned = plugins.map((one) => [chance.next().value, one] as const).sort(([a], [b]) => a - b)

        const made = planPlugins(found(...turned.map(([, one]) => one)), hostOf())

        expect(made).toEqual(planPlugins(found(...plugins), hostOf()))
      }),
      runs,
    )
  })

  it('start whenever nothing refuses them', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 31 }), (graph) => {
        const plugins = graph.map((all, at) => {
          const earlier = all.filter((other) => other < at).map((other) => [`p${other}`, '*'])
          return discovered(`p${at}`, { dependsOn: Object.fromEntries(earlier) })
        })

        expect(planPlugins(found(...plugins), hostOf()).refusals).toEqual([])
      }),
      runs,
    )
  })
})
