import type { Json, Logger } from '@ashlar/kernel'
import { PluginRefusedError } from '../contract/plugin-refused-error.ts'
import type { ProvidedService } from '../contract/service.ts'
import type { PlannedPlugin } from '../plan/plugin-plan.ts'
import type { PluginCrashed } from '../run/run-failure.ts'
import type { HostSide } from '../run/runner.ts'

/** Who hears of what a plugin does by itself. */
export interface HostSideOptions {
  readonly offered: ReadonlyMap<string, ProvidedService>
  readonly logger: Logger
  denied(what: string): void
  crashed(failure: PluginCrashed): void
}

/** What one run of a plugin reaches of the host: its log, and the services that it was granted. */
export function hostSideOf(
  { manifest, grants }: PlannedPlugin,
  { offered, logger, denied, crashed }: HostSideOptions,
): HostSide {
  const granted = grants.flatMap((capability) => (capability.kind === 'service' ? [capability.id] : []))
  const services: ReadonlySet<string> = new Set(granted)
  const { id } = manifest

  return {
    log: pluginLog(logger, id),
    services,
    denied,
    crashed,
    async serve(service: string, method: string, args: readonly Json[]) {
      if (!services.has(service)) return refuse(`use the service "${service}"`)
      const work = offered.get(service)?.methods.get(method)
      if (work === undefined) return refuse(`call "${method}" of the service "${service}"`)
      return work(...args)
    },
  }

  function refuse(what: string): never {
    denied(what)
    throw new PluginRefusedError(`plugin "${id}" may not ${what}`)
  }
}

/** A log whose lines bear the plugin's id. */
function pluginLog(logger: Logger, plugin: string): Logger {
  const write = (level: keyof Logger) => (fields: object, message?: string) =>
    logger[level]({ ...fields, plugin }, message)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
