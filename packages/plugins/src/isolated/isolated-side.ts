import type { Socket } from 'node:net'
import { compileFunction } from 'node:vm'
import type { Json, Logger } from '@ashlar/kernel'
import type { PluginDefinition } from '../contract/define-plugin.ts'
import { PluginRefusedError } from '../contract/plugin-refused-error.ts'
import type { Channel } from '../rpc/channel.ts'
import { Peer, type PeerWork } from '../rpc/peer.ts'
import { type Activated, Activation } from '../run/activation.ts'
import { reasonOf } from '../run/reason-of.ts'
import { harden } from './harden.ts'
import { pluginRequire } from './plugin-require.ts'
import type { StartOrder } from './start-order.ts'
import { type Trial, tryForbiddenActs } from './trial.ts'

/** The side of a plugin: does what the host asks for, over whatever channel reaches it. */
export class IsolatedSide implements PeerWork {
  maxMessageBytes: number = Number.POSITIVE_INFINITY
  readonly #peer: Peer
  readonly #wire: Socket | undefined
  #activation: Activation | undefined

  /** @param wire - the socket of the channel, where it has one */
  constructor(channel: Channel, wire: Socket | undefined) {
    this.#peer = new Peer(channel, this)
    this.#wire = wire
  }

  hear(text: string): void {
    this.#peer.hear(text)
  }

  asked(what: string, value: unknown, interest: { readonly signal: AbortSignal }): unknown {
    switch (what) {
      case 'call':
        return this.#call(value as readonly [string, Json], interest)
      case 'ping':
        return true
      case 'start':
        return this.#start(value as StartOrder)
      case 'probe':
        return this.#running().probe()
      case 'stop':
        return this.#running().end(AbortSignal.timeout(value as number))
      case 'try':
        return tryForbiddenActs(value as Trial, this.#wire)
      default:
        throw new Error(`there is nothing to do for "${what}"`)
    }
  }

  noted(): void {}

  reasonOf(thrown: unknown): string {
    return reasonOf(thrown)
  }

  /** The host keeps to the protocol, or everything is lost. */
  broken(detail: string): never {
    throw new Error(detail)
  }

  #call([point, input]: readonly [string, Json], interest: { readonly signal: AbortSignal }): unknown {
    const contribution = this.#activation?.contributions.get(point)
    if (contribution === undefined) throw new PluginRefusedError(`nothing is contributed to "${point}"`)
    return contribution(input, interest)
  }

  async #start(order: StartOrder): Promise<Activated> {
    const log = (level: string, text: string) => this.#peer.note('log', [level, {}, text])
    this.maxMessageBytes = order.maxMessageBytes
    harden(order.rights, log, this.#wire)
    let definition: PluginDefinition<unknown>
    try {
      definition = loaded(order)
    } catch (thrown) {
      return { outcome: 'broken', reason: reasonOf(thrown) }
    }
    this.#activation = new Activation(definition, {
      id: order.id,
      version: order.version,
      config: order.config,
      points: new Set(order.points),
      services: new Set(order.services),
      log: this.#logger(),
      serve: (...call) => this.#serve(...call),
      denied: (what) => this.#peer.note('denied', what),
    })
    const activated = await this.#activation.activate()
    if (activated.outcome !== 'active') await this.#activation.end(AbortSignal.timeout(1_000))
    return activated
  }

  async #serve(
    service: string,
    method: string,
    args: readonly Json[],
    signal: AbortSignal,
  ): Promise<unknown> {
    signal.throwIfAborted()
    return this.#peer.ask('serve', [service, method, args]).answer
  }

  #logger(): Logger {
    const write = (level: string) => (fields: object, message?: string) =>
      this.#peer.note('log', [level, fields, message])
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }

  #running(): Activation {
    if (this.#activation === undefined) throw new PluginRefusedError('no plugin was started')
    return this.#activation
  }
}

/** Runs the text of a bundle as a CommonJS file. */
function loaded({ source, file, rights }: StartOrder): PluginDefinition<unknown> {
  const module: { exports: unknown } = { exports: {} }
  const run = compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], {
    filename: file,
  })
  Reflect.apply(run, module.exports, [module.exports, pluginRequire(rights), module, file, '/'])
  const exported = module.exports
  const definition = memberOf(exported, 'default') ?? exported
  if (typeof memberOf(definition, 'activate') === 'function') return definition as PluginDefinition<unknown>
  throw new TypeError(
    `the default export must be a plugin, with a function "activate", found ${definition === null ? 'null' : typeof definition}`,
  )
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
