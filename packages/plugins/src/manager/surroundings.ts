import type { Logger, Random } from '@ashlar/kernel'
import type { ProvidedService } from '../contract/service.ts'
import type { Isolation } from '../manifest/plugin-manifest.ts'
import type { Contributions } from './contributions.ts'
import type { Deadlines } from './deadlines.ts'
import type { EventFeed } from './event-feed.ts'
import type { PluginInstruments } from './plugin-instruments.ts'
import type { VerifiedRunner } from './verified-runner.ts'

/** What all plugins of one manager share. */
export interface Surroundings {
  readonly contributions: Contributions
  readonly deadlines: Deadlines
  readonly events: EventFeed
  readonly instruments: PluginInstruments
  readonly logger: Logger
  readonly random: Random
  readonly runners: ReadonlyMap<Isolation, VerifiedRunner>
  readonly services: ReadonlyMap<string, ProvidedService>
}
