import { satisfies } from 'semver'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import type { DiscoveredPlugin } from '../load/plugin-loader.ts'
import type { Isolation, PluginManifest } from '../manifest/plugin-manifest.ts'
import { shown } from '../manifest/shown.ts'
import { reasonOf } from '../run/reason-of.ts'
import { completeLimits } from './complete-limits.ts'
import { grantedCapability } from './granted-capability.ts'
import {
  apiMismatch,
  capabilityDenied,
  engineMismatch,
  isolationRefused,
  type PlanFailure,
  pointUnknown,
} from './plan-failure.ts'
import type { PlannedPlugin } from './plugin-plan.ts'
import type { PluginPolicy, PluginTerms } from './plugin-policy.ts'

/** What a host has for plugins. */
export interface PluginHost {
  /** Its version. */
  readonly engine: string
  /** The interfaces that it offers. */
  readonly apis: readonly string[]
  /** The ids of its extension points. */
  readonly points: ReadonlySet<string>
  /** The ids of its services. */
  readonly services: ReadonlySet<string>
  /** The levels at which it can run plugins. */
  readonly isolations: ReadonlySet<Isolation>
  readonly policy: PluginPolicy
}

/** Looks whether a host takes a plugin, and on which terms; what other plugins it waits for is looked at later. */
export function admit(plugin: DiscoveredPlugin, host: PluginHost): PlannedPlugin | PlanFailure {
  const { manifest } = plugin
  const { id, engine, api, contributes } = manifest
  if (!satisfies(host.engine, engine, { includePrerelease: true }))
    return engineMismatch(id, engine, host.engine)
  if (!host.apis.includes(api)) return apiMismatch(id, api, Object.freeze([...host.apis]))
  for (const point of contributes.keys()) if (!host.points.has(point)) return pointUnknown(id, point)
  const terms = termsOf(manifest, host.policy)
  if ('type' in terms) return terms
  const isolation = stronger(manifest.isolation, terms.isolation)
  const reason = whyNot(isolation, plugin, host.isolations)
  if (reason !== undefined) return isolationRefused(id, isolation, reason)
  return withGrants(plugin, isolation, terms, host.services)
}

function withGrants(
  { manifest, origin, code }: DiscoveredPlugin,
  isolation: Isolation,
  { grants = [], config, limits }: PluginTerms,
  services: ReadonlySet<string>,
): PlannedPlugin | PlanFailure {
  const granted = []
  for (const wanted of manifest.needs) {
    const capability = grantedCapability(wanted, grants, services)
    if (capability === undefined) return capabilityDenied(manifest.id, wanted)
    granted.push(capability)
  }
  return {
    manifest,
    origin,
    code,
    isolation,
    grants: Object.freeze(granted),
    config,
    limits: completeLimits(manifest.id, limits),
    after: [],
  }
}

/** From the weakest to the strongest. */
const levels: readonly Isolation[] = ['trusted', 'worker', 'process', 'sandbox']

function termsOf(manifest: PluginManifest, policy: PluginPolicy): PluginTerms | PlanFailure {
  let terms: PluginTerms | undefined
  try {
    terms = policy(manifest)
  } catch (thrown) {
    return isolationRefused(manifest.id, manifest.isolation, `the policy threw ${reasonOf(thrown)}`)
  }
  if (terms === undefined)
    return isolationRefused(manifest.id, manifest.isolation, 'the policy does not allow it')
  if (levels.includes(terms?.isolation)) return terms
  throw new InvalidPluginOptionError(
    `the isolation of plugin "${manifest.id}" must be one of ${levels.join(', ')}, found ${shown(terms?.isolation)}`,
  )
}

function stronger(wanted: Isolation = 'trusted', demanded: Isolation): Isolation {
  return levels.indexOf(wanted) > levels.indexOf(demanded) ? wanted : demanded
}

function whyNot(
  isolation: Isolation,
  { code }: DiscoveredPlugin,
  isolations: ReadonlySet<Isolation>,
): string | undefined {
  if (code.kind !== 'bundle' && isolation !== 'trusted') {
    const what = code.kind === 'module' ? 'a module' : 'an object in memory'
    return `it is ${what}, which only runs trusted, but "${isolation}" is wanted`
  }
  return isolations.has(isolation) ? undefined : `the host has nothing that runs plugins as "${isolation}"`
}
