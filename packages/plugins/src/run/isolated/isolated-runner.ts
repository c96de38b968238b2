import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { err, ok, type Result } from '@ashlar/result'
import { InvalidPluginOptionError } from '../../contract/invalid-plugin-option-error.ts'
import type { IsolatedRights, StartOrder } from '../../isolated/start-order.ts'
import type { Isolation } from '../../manifest/plugin-manifest.ts'
import { defaultLimits } from '../../plan/plugin-limits.ts'
import type { PlannedPlugin } from '../../plan/plugin-plan.ts'
import type { ChannelListener } from '../../rpc/channel.ts'
import { Peer } from '../../rpc/peer.ts'
import type { Activated } from '../activation.ts'
import { reasonOf } from '../reason-of.ts'
import {
  contributionMissing,
  type IsolationUnavailable,
  isolationUnavailable,
  type PluginCrashed,
  type PluginStartFailure,
  pluginBroken,
  pluginConfigInvalid,
} from '../run-failure.ts'
import type { HostSide, Runner, RunningPlugin } from '../runner.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Carrier, CarrierTerms, Launch } from './carrier.ts'
import { IsolatedPlugin } from './isolated-plugin.ts'

/** Options of runners that keep threads or processes ready. */
export interface SpareOptions {
  /** How many are started beforehand, for plugins without rights to files or the network; 0 unless told. */
  readonly spares?: number
}

/** What a plugin without rights of its own may use. */
const plain: CarrierTerms = {
  maxMemoryBytes: defaultLimits.maxMemoryBytes,
  readPaths: [],
  writePaths: [],
  network: false,
}
const trialTimeoutMs = 20_000

/** A carrier that waits for a plugin. */
interface Spare {
  readonly carrier: Carrier
  readonly give: (listener: ChannelListener, maxMessageBytes: number) => void
}

/** Runs each plugin in a thread or process of its own; what both have in common. */
export class IsolatedRunner implements Runner {
  readonly isolation: Isolation
  readonly #launch: Launch
  readonly #wanted: number
  #spares: Spare[] = []
  #isClosed = false

  constructor(isolation: Isolation, launch: Launch, { spares = 0 }: SpareOptions) {
    if (!Number.isInteger(spares) || spares < 0 || spares > 64)
      throw new InvalidPluginOptionError(
        `spares must be a whole number from 0 to 64, found ${String(spares)}`,
      )
    this.isolation = isolation
    this.#launch = launch
    this.#wanted = spares
  }

  /** Lets a thread or process try everything that a plugin must not be able to do. */
  async verify(): Promise<Result<void, IsolationUnavailable>> {
    const folder = await mkdtemp(join(tmpdir(), 'ashlar-trial-'))
    try {
      const secretFile = join(folder, 'secret')
      await writeFile(secretFile, 'a secret')
      const unmet = await this.#try({ secretFile, newFile: join(folder, 'new') })
      if (unmet.length > 0) return err(isolationUnavailable(this.isolation, unmet))
      this.#fill()
      return ok()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** {@inheritDoc Runner.start} */
  async start(
    plugin: PlannedPlugin,
    host: HostSide,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<Result<RunningPlugin, PluginStartFailure>> {
    signal.throwIfAborted()
    const order = orderOf(plugin, host)
    if (order === undefined) return err(pluginBroken(plugin.manifest.id, 'only a bundle can run on its own'))
    const running = new IsolatedPlugin(plugin, host)
    running.take(this.#carrierFor(plugin, order.rights, running))
    try {
      const activated = running.activate(order)
      // Once it has crashed, that it gives no answer is no news.
      activated.catch(() => {})
      const ended = await untilAborted(Promise.race([running.crash, activated]), signal)
      if ('outcome' in ended) return await this.#judged(plugin, running, ended)
      return err(ended satisfies PluginCrashed)
    } catch (thrown) {
      await running.kill()
      signal.throwIfAborted()
      return err(pluginBroken(plugin.manifest.id, reasonOf(thrown)))
    } finally {
      this.#fill()
    }
  }

  /** Ends what waits for a plugin. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#spares.splice(0).map(({ carrier }) => carrier.end()))
  }

  async #judged(
    { manifest: { id } }: PlannedPlugin,
    running: IsolatedPlugin,
    activated: Activated,
  ): Promise<Result<RunningPlugin, PluginStartFailure>> {
    if (activated.outcome === 'active') return ok(running)
    await running.kill()
    switch (activated.outcome) {
      case 'config-invalid':
        return err(pluginConfigInvalid(id, activated.reason))
      case 'broken':
        return err(pluginBroken(id, activated.reason))
      case 'contribution-missing':
        return err(contributionMissing(id, activated.points))
      default:
        return activated satisfies never
    }
  }

  #carrierFor({ limits, grants }: PlannedPlugin, rights: IsolatedRights, listener: ChannelListener): Carrier {
    const { maxMemoryBytes, maxMessageBytes } = limits
    const isPlain = !rights.files && !rights.network && maxMemoryBytes === plain.maxMemoryBytes
    const spare = isPlain ? this.#spares.shift() : undefined
    if (spare !== undefined) {
      spare.give(listener, maxMessageBytes)
      return spare.carrier
    }
    const paths = (kind: 'fs.read' | 'fs.write') =>
      grants.flatMap((grant) => (grant.kind === kind ? grant.paths : []))
    const terms = {
      maxMemoryBytes,
      readPaths: paths('fs.read'),
      writePaths: paths('fs.write'),
      network: rights.network,
    }
    return this.#launch(terms, () => maxMessageBytes, listener)
  }

  #fill(): void {
    while (!this.#isClosed && this.#spares.length < this.#wanted) this.#spares.push(this.#spare())
  }

  #spare(): Spare {
    let listener: ChannelListener | undefined
    let limit = defaultLimits.maxMessageBytes
    const carrier = this.#launch(plain, () => limit, {
      text: (text) => listener?.text(text),
      tooLarge: () => listener?.tooLarge(),
    })
    carrier.hold(false)
    const spare: Spare = {
      carrier,
      give(next, maxMessageBytes) {
        listener = next
        limit = maxMessageBytes
      },
    }
    void carrier.ended.then(() => {
      this.#spares = this.#spares.filter((other) => other !== spare)
    })
    return spare
  }

  async #try(trial: { readonly secretFile: string; readonly newFile: string }): Promise<readonly string[]> {
    let peer: Peer | undefined
    const carrier = this.#launch(plain, () => defaultLimits.maxMessageBytes, {
      text: (text) => peer?.hear(text),
      tooLarge: () => {},
    })
    const fail = (reason: string) => [`the trial has failed: ${reason}`]
    peer = new Peer(carrier.channel, {
      maxMessageBytes: defaultLimits.maxMessageBytes,
      asked: () => undefined,
      noted: () => {},
      reasonOf,
      broken: () => {},
    })
    try {
      const answer = untilAborted(peer.ask('try', trial).answer, AbortSignal.timeout(trialTimeoutMs))
      const ended = carrier.ended.then(({ detail }) => fail(detail))
      return (await Promise.race([answer, ended])) as readonly string[]
    } catch (thrown) {
      return fail(reasonOf(thrown))
    } finally {
      peer.end(new Error('the trial is over'))
      await carrier.end()
    }
  }
}

function orderOf(
  { manifest, code, config, grants, limits }: PlannedPlugin,
  host: HostSide,
): StartOrder | undefined {
  if (code.kind !== 'bundle') return
  const names = grants.flatMap((grant) => (grant.kind === 'env' ? grant.names : []))
  const env = Object.fromEntries(names.flatMap((name) => pairOf(name, process.env[name])))
  const has = (kind: string) => grants.some((grant) => grant.kind === kind)
  return {
    id: manifest.id,
    version: manifest.version,
    file: code.file,
    source: code.source,
    config,
    points: [...manifest.contributes.keys()],
    services: [...host.services],
    maxMessageBytes: limits.maxMessageBytes,
    rights: { files: has('fs.read') || has('fs.write'), network: has('net'), env },
  }
}

function pairOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]]
}
