import type { Json, Logger } from '@ashlar/kernel'
import type { StartOrder } from '../../isolated/start-order.ts'
import type { PlannedPlugin } from '../../plan/plugin-plan.ts'
import type { ChannelListener } from '../../rpc/channel.ts'
import { isLonger } from '../../rpc/is-longer.ts'
import { type Interest, Peer, type PeerWork } from '../../rpc/peer.ts'
import type { Activated } from '../activation.ts'
import { MessageTooLargeError } from '../message-too-large-error.ts'
import { reasonOf } from '../reason-of.ts'
import { type CrashCause, type PluginCrashed, pluginCrashed } from '../run-failure.ts'
import type { Handler, HostSide, RunningPlugin } from '../runner.ts'
import type { UnloadProof } from '../unload-proof.ts'
import type { Carrier } from './carrier.ts'
import { isActivated, isTexts } from './is-activated.ts'
import { MessageRate } from './message-rate.ts'

/** How many messages' worth may wait for a plugin that does not read. */
const mostWaiting = 8

/** A plugin in a thread or process of its own, as the host has it. */
export class IsolatedPlugin implements RunningPlugin, PeerWork, ChannelListener {
  readonly unloaded: Promise<UnloadProof>
  readonly maxMessageBytes: number
  readonly #plugin: PlannedPlugin
  readonly #host: HostSide
  readonly #rate: MessageRate
  readonly #unloaded = Promise.withResolvers<UnloadProof>()
  readonly #crash = Promise.withResolvers<PluginCrashed>()
  #contributions: ReadonlyMap<string, Handler> = new Map()
  #carrier: Carrier | undefined
  #peer: Peer | undefined
  #isOver = false
  #stopping: Promise<readonly string[]> | undefined

  constructor(plugin: PlannedPlugin, host: HostSide) {
    this.maxMessageBytes = plugin.limits.maxMessageBytes
    this.#plugin = plugin
    this.#host = host
    this.#rate = new MessageRate(plugin.limits.maxMessagesPerSecond)
    this.unloaded = this.#unloaded.promise
  }

  get contributions(): ReadonlyMap<string, Handler> {
    return this.#contributions
  }

  /** Resolves when it has ended by itself or had to be ended. */
  get crash(): Promise<PluginCrashed> {
    return this.#crash.promise
  }

  /** Takes a carrier, which is ended with it. */
  take(carrier: Carrier): void {
    this.#carrier = carrier
    this.#peer = new Peer(carrier.channel, this)
    carrier.hold(true)
    void carrier.ended.then(({ cause, detail }) => this.#fall(cause, detail))
  }

  async activate(order: StartOrder): Promise<Activated> {
    const activated = await this.#ask('start', order)
    if (!isActivated(activated)) {
      this.broken('it has answered its start with what is no outcome of one')
      throw new Error('it has not told how its start ended')
    }
    if (activated.outcome === 'active')
      this.#contributions = new Map(order.points.map((point) => [point, this.#handler(point)]))
    return activated
  }

  async probe(): Promise<void> {
    await this.#ask('probe', null)
  }

  async isResponsive(timeoutMs: number): Promise<boolean> {
    const late = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => late.resolve(false), timeoutMs)
    const answered = this.#ask('ping', null).then(
      () => true,
      () => false,
    )
    const isResponsive = await Promise.race([answered, late.promise])
    clearTimeout(timer)
    return isResponsive
  }

  stop(timeoutMs: number): Promise<readonly string[]> {
    this.#stopping ??= this.#stop(timeoutMs)
    return this.#stopping
  }

  /** Ends it at once; nothing is told. */
  async kill(): Promise<void> {
    this.#isOver = true
    this.#peer?.end(new Error(`plugin "${this.#plugin.manifest.id}" has been ended`))
    await this.#free()
  }

  text(text: string): void {
    this.#peer?.hear(text)
  }

  tooLarge(): void {
    const { maxMessageBytes } = this.#plugin.limits
    this.#fall('message-size', `it has sent a message of more than ${maxMessageBytes} bytes`)
  }

  broken(detail: string): void {
    this.#fall('protocol', detail)
  }

  admit(): boolean {
    const isAdmitted = this.#rate.admit()
    const { maxMessagesPerSecond } = this.#plugin.limits
    if (!isAdmitted)
      this.#fall('flood', `it has sent more than ${maxMessagesPerSecond} messages a second unasked`)
    return isAdmitted
  }

  asked(what: string, value: unknown, interest: Interest): unknown {
    if (what !== 'serve' || !isServiceCall(value)) throw new Error(`there is nothing to do for "${what}"`)
    const [service, method, args] = value
    return this.#host.serve(service, method, args, interest.signal)
  }

  noted(what: string, value: unknown): void {
    if (what === 'denied' && typeof value === 'string') this.#host.denied(value.slice(0, 200))
    else if (what === 'log' && isLogLine(value)) this.#host.log[value[0]](value[1], value[2] ?? undefined)
    else this.broken(`it has sent a note that nobody knows: ${what.slice(0, 100)}`)
  }

  reasonOf(thrown: unknown): string {
    return reasonOf(thrown)
  }

  #handler(point: string): Handler {
    const { maxMessageBytes, maxConcurrentCalls } = this.#plugin.limits
    const name = JSON.stringify(point)
    return (input, call) => {
      const json = `[${name},${JSON.stringify(input)}]`
      if (isLonger(json, maxMessageBytes)) throw new MessageTooLargeError(maxMessageBytes)
      const { channel } = this.#carrier as Carrier
      const peer = this.#peer as Peer
      if (channel.backlogBytes > maxMessageBytes * mostWaiting || peer.owed > maxConcurrentCalls * 2)
        throw new Error('it does not read what it is sent, or does not answer')
      const { id, answer } = peer.askWith('call', json)
      call.onCancel(() => peer.cancel(id))
      return answer
    }
  }

  #ask(what: string, value: unknown): Promise<unknown> {
    const peer = this.#peer
    return peer === undefined ? Promise.reject(new Error('it has ended')) : peer.ask(what, value).answer
  }

  async #stop(timeoutMs: number): Promise<readonly string[]> {
    if (this.#isOver) {
      await this.#free()
      return []
    }
    const late = Promise.withResolvers<readonly string[]>()
    const timer = setTimeout(() => late.resolve(['it did not stop in time and was ended']), timeoutMs)
    const stopped = this.#ask('stop', timeoutMs).then(
      (problems) => (isTexts(problems) ? problems : ['it has not told how its stop ended']),
      (thrown) => [reasonOf(thrown)],
    )
    this.#isOver = true
    const problems = await Promise.race([stopped, late.promise])
    clearTimeout(timer)
    this.#peer?.end(new Error(`plugin "${this.#plugin.manifest.id}" has been stopped`))
    await this.#free()
    return problems
  }

  #fall(cause: CrashCause, detail: string): void {
    if (this.#isOver) return
    this.#isOver = true
    const crash = pluginCrashed(this.#plugin.manifest.id, cause, detail)
    this.#host.crashed(crash)
    this.#crash.resolve(crash)
    this.#peer?.end(new Error(detail))
    void this.#free()
  }

  async #free(): Promise<void> {
    const hasEnded = (await this.#carrier?.end()) ?? true
    this.#unloaded.resolve(
      hasEnded
        ? { collected: true, leaked: [] }
        : {
            collected: false,
            leaked: [{ kind: 'handle', what: 'a thread or process that can not be ended' }],
          },
    )
  }
}

function isServiceCall(value: unknown): value is readonly [string, string, readonly Json[]] {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'string' &&
    Array.isArray(value[2])
  )
}

function isLogLine(value: unknown): value is readonly [keyof Logger, object, (string | null)?] {
  return (
    Array.isArray(value) &&
    ['debug', 'info', 'warn', 'error'].includes(value[0]) &&
    typeof value[1] === 'object' &&
    value[1] !== null &&
    (value[2] == null || typeof value[2] === 'string')
  )
}
