import { valid } from 'semver'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import type { DiscoveredPlugin, Discovery } from '../load/plugin-loader.ts'
import type { PluginRefusal } from '../load/plugin-refusal.ts'
import { shown } from '../manifest/shown.ts'
import { admit, type PluginHost } from './admit.ts'
import { byText } from './by-text.ts'
import { type PlanFailure, pluginIdTaken } from './plan-failure.ts'
import type { PlannedPlugin, PluginPlan } from './plugin-plan.ts'
import { resolveDependencies } from './resolve-dependencies.ts'

/**
 * Decides which of the plugins that were found can start in a host, on which terms and in which order. The answer is the
 * same in whatever order they were found.
 *
 * @returns every plugin once, planned or refused, and the refusals of the discovery
 * @throws {@link InvalidPluginOptionError} for a host whose version is none, or terms that can't be
 */
export function planPlugins(discovery: Discovery, host: PluginHost): PluginPlan {
  if (valid(host.engine) === null)
    throw new InvalidPluginOptionError(`the host's engine must be a version, found ${shown(host.engine)}`)
  const refusals: PluginRefusal[] = [...discovery.refusals]
  const admitted = new Map<string, PlannedPlugin>()
  for (const alike of byId(discovery.plugins)) {
    const [plugin] = alike
    if (alike.length > 1) {
      const origins = Object.freeze(alike.map(({ origin }) => origin).sort(byText))
      for (const one of alike) refusals.push(refusal(one, pluginIdTaken(one.manifest.id, origins)))
    } else if (plugin !== undefined) {
      const answer = admit(plugin, host)
      if ('type' in answer) refusals.push(refusal(plugin, answer))
      else admitted.set(plugin.manifest.id, answer)
    }
  }
  const { order, failures } = resolveDependencies(admitted)
  for (const [plugin, failure] of failures) refusals.push(refusal(plugin, failure))
  refusals.sort(
    (one, other) => byText(one.plugin ?? '', other.plugin ?? '') || byText(one.origin, other.origin),
  )
  return Object.freeze({ plugins: Object.freeze(order), refusals: Object.freeze(refusals) })
}

/** Plugins by id, those of the same id together. */
function byId(plugins: readonly DiscoveredPlugin[]): DiscoveredPlugin[][] {
  const all = new Map<string, DiscoveredPlugin[]>()
  for (const plugin of plugins) {
    const { id } = plugin.manifest
    const alike = all.get(id)
    if (alike === undefined) all.set(id, [plugin])
    else alike.push(plugin)
  }
  return [...all].sort(([one], [other]) => byText(one, other)).map(([, alike]) => alike)
}

function refusal(
  { manifest, origin }: Pick<DiscoveredPlugin, 'manifest' | 'origin'>,
  failure: PlanFailure,
): PluginRefusal {
  return Object.freeze({ plugin: manifest.id, origin, failure })
}
