import { satisfies } from 'semver'
import { byText } from './by-text.ts'
import { connectedParts } from './connected-parts.ts'
import { dependencyCycles } from './dependency-cycles.ts'
import { MissingPath } from './missing-path.ts'
import {
  dependencyCycle,
  dependencyMissing,
  dependencyVersionMismatch,
  type PlanFailure,
} from './plan-failure.ts'
import type { PlannedPlugin } from './plugin-plan.ts'
import { startOrder } from './start-order.ts'

/** Plugins in the order of their start, and those that can't start since others are not as they need them. */
export interface Resolved {
  readonly order: readonly PlannedPlugin[]
  readonly failures: ReadonlyMap<PlannedPlugin, PlanFailure>
}

/** Orders plugins by what they wait for. */
export function resolveDependencies(plugins: ReadonlyMap<string, PlannedPlugin>): Resolved {
  const failures = new Map<string, PlanFailure>()
  const required = new Map<string, readonly string[]>()
  for (const [id, { manifest }] of plugins) {
    required.set(id, present(manifest.dependsOn, plugins))
    const failure = ownFailure(id, manifest.dependsOn, plugins)
    if (failure !== undefined) failures.set(id, failure)
  }
  const parts = connectedParts(required)
  for (const [id, path] of dependencyCycles(parts, required))
    if (!failures.has(id)) failures.set(id, dependencyCycle(id, path))
  refuseWaiting(parts.flat(), plugins, failures)

  const sound = [...plugins].filter(([id]) => !failures.has(id))
  const after = waitedFor(new Map(sound))
  return {
    order: startOrder(after).flatMap((id) => planned(plugins.get(id), after.get(id))),
    failures: new Map([...failures].flatMap(([id, failure]) => paired(plugins.get(id), failure))),
  }
}

/** Why a plugin can't start, whatever becomes of those that it waits for. */
function ownFailure(
  id: string,
  dependsOn: ReadonlyMap<string, string>,
  plugins: ReadonlyMap<string, PlannedPlugin>,
): PlanFailure | undefined {
  for (const dependency of sorted(dependsOn.keys())) {
    const found = plugins.get(dependency)?.manifest.version
    const wanted = dependsOn.get(dependency) ?? ''
    if (found === undefined) return dependencyMissing(id, new MissingPath(dependency).before(id).ids)
    if (!fits(found, wanted)) return dependencyVersionMismatch(id, dependency, wanted, found)
  }
  return undefined
}

/** Refuses those that wait for a refused one. */
function refuseWaiting(
  dependenciesFirst: readonly string[],
  plugins: ReadonlyMap<string, PlannedPlugin>,
  failures: Map<string, PlanFailure>,
): void {
  const paths = new Map<string, MissingPath>()
  for (const id of dependenciesFirst) {
    const failure = failures.get(id)
    if (failure?.type === 'DependencyMissing')
      paths.set(id, new MissingPath(failure.path.at(-1) ?? id).before(id))
    else if (failure !== undefined) paths.set(id, new MissingPath(id))
    else {
      const needed = sorted(plugins.get(id)?.manifest.dependsOn.keys() ?? [])
      const path = needed.map((dependency) => paths.get(dependency)).find((found) => found !== undefined)
      if (path === undefined) continue
      const longer = path.before(id)
      paths.set(id, longer)
      failures.set(id, dependencyMissing(id, longer.ids))
    }
  }
}

/** Whom each plugin is started after: those that it needs, and optional ones where no circle comes of it. */
function waitedFor(plugins: ReadonlyMap<string, PlannedPlugin>): ReadonlyMap<string, readonly string[]> {
  const wished = new Map<string, readonly string[]>()
  for (const [id, { manifest }] of plugins) {
    const optional = [...manifest.optional].filter(([other, range]) => {
      const version = plugins.get(other)?.manifest.version
      return version !== undefined && fits(version, range)
    })
    wished.set(id, sorted(new Set([...manifest.dependsOn.keys(), ...optional.map(([other]) => other)])))
  }
  const partOf = new Map<string, number>()
  for (const [at, part] of connectedParts(wished).entries()) for (const id of part) partOf.set(id, at)
  const after = new Map<string, readonly string[]>()
  for (const [id, all] of wished) {
    const needs = plugins.get(id)?.manifest.dependsOn
    after.set(
      id,
      all.filter((other) => needs?.has(other) === true || partOf.get(other) !== partOf.get(id)),
    )
  }
  return after
}

function fits(version: string, range: string): boolean {
  return satisfies(version, range, { includePrerelease: true })
}

function present(
  dependsOn: ReadonlyMap<string, string>,
  plugins: ReadonlyMap<string, PlannedPlugin>,
): readonly string[] {
  return sorted(dependsOn.keys()).filter((id) => plugins.has(id))
}

function sorted(ids: Iterable<string>): readonly string[] {
  return [...ids].sort(byText)
}

function planned(plugin: PlannedPlugin | undefined, after: readonly string[] = []): readonly PlannedPlugin[] {
  return plugin === undefined ? [] : [Object.freeze({ ...plugin, after: Object.freeze([...after]) })]
}

function paired(
  plugin: PlannedPlugin | undefined,
  failure: PlanFailure,
): readonly (readonly [PlannedPlugin, PlanFailure])[] {
  return plugin === undefined ? [] : [[plugin, failure]]
}
