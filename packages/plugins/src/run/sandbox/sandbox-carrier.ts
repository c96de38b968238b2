import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten'
import type { Channel, ChannelListener } from '../../rpc/channel.ts'
import { isLonger } from '../../rpc/is-longer.ts'
import type { Carrier, CarrierEnd, CarrierTerms } from '../isolated/carrier.ts'
import { reasonOf } from '../reason-of.ts'
import type { CrashCause } from '../run-failure.ts'
import { sandboxSide } from './sandbox-side.ts'

/** More lets an overflow out of the sandbox, as an error of the host's own stack. */
const stackBytes = 96 * 1_024

/** How many jobs of promises count as one look of the engine. */
const jobsPerStep = 100

/** Makes QuickJS runtimes, as the module of `quickjs-emscripten` does. */
export interface QuickJsRuntimes {
  /** A runtime of its own, with memory of its own. */
  newRuntime(): QuickJSRuntime
}

/** A QuickJS runtime that can run one plugin; what it is told runs at once, for as many steps as it may. */
export class SandboxCarrier implements Carrier, Channel {
  readonly backlogBytes = 0
  readonly ended: Promise<CarrierEnd>
  readonly #ended = Promise.withResolvers<CarrierEnd>()
  readonly #maxSteps: number
  readonly #maxMessageBytes: () => number
  readonly #listener: ChannelListener
  readonly #said: string[] = []
  #runtime: QuickJSRuntime
  #context: QuickJSContext
  #hear: QuickJSHandle | undefined
  #steps = 0
  #isRunning = false
  #hasEnded = false

  constructor(
    quickjs: QuickJsRuntimes,
    terms: CarrierTerms,
    maxSteps: number,
    maxMessageBytes: () => number,
    listener: ChannelListener,
  ) {
    this.ended = this.#ended.promise
    this.#maxSteps = maxSteps
    this.#maxMessageBytes = maxMessageBytes
    this.#listener = listener
    this.#runtime = quickjs.newRuntime()
    this.#runtime.setMemoryLimit(terms.maxMemoryBytes)
    this.#runtime.setMaxStackSize(stackBytes)
    this.#runtime.setInterruptHandler(() => ++this.#steps > this.#maxSteps)
    this.#context = this.#runtime.newContext()
    this.#hear = this.#open()
  }

  get channel(): Channel {
    return this
  }

  send(text: string): void {
    if (this.#hasEnded) return
    this.#run(text)
    for (const said of this.#said.splice(0)) if (!this.#hasEnded) this.#tell(said)
  }

  async end(): Promise<boolean> {
    this.#finish('exit', 'it was ended')
    return true
  }

  /** It holds nothing that could keep the host alive. */
  hold(): void {}

  /** The side of the plugin, in the runtime. */
  #open(): QuickJSHandle {
    const context = this.#context
    const send = context.newFunction('send', (text) => {
      this.#said.push(context.getString(text))
    })
    const side = context.unwrapResult(context.evalCode(`(${sandboxSide})`, 'sandbox.js'))
    const hear = context.unwrapResult(context.callFunction(side, context.undefined, send))
    side.dispose()
    send.dispose()
    return hear
  }

  #run(text: string): void {
    const hear = this.#hear
    if (hear === undefined || this.#isRunning) return
    this.#isRunning = true
    this.#steps = 0
    let crash: readonly [CrashCause, string] | undefined
    try {
      const given = this.#context.newString(text)
      const heard = this.#context.callFunction(hear, this.#context.undefined, given)
      given.dispose()
      if (heard.error) {
        crash = this.#crashBy(this.#context.dump(heard.error))
        heard.error.dispose()
      } else {
        heard.value.dispose()
        crash = this.#doJobs() ?? this.#spent()
      }
    } catch (thrown) {
      crash = this.#crashBy(thrown)
    }
    this.#isRunning = false
    if (crash !== undefined) this.#finish(...crash)
  }

  /** Runs what promises wait for, until nothing does; so many of them are a step, too. */
  #doJobs(): readonly [CrashCause, string] | undefined {
    while (this.#runtime.hasPendingJob() && this.#spent() === undefined) {
      const done = this.#runtime.executePendingJobs(jobsPerStep)
      this.#steps++
      if (done.error) {
        const crash = this.#crashBy(done.error.context.dump(done.error))
        done.error.dispose()
        return crash
      }
      done.dispose()
    }
  }

  /** An async function turns the interruption into a rejection, but what it was doing is undone nowhere. */
  #spent(): readonly [CrashCause, string] | undefined {
    if (this.#steps > this.#maxSteps) return ['unresponsive', `it has used up its ${this.#maxSteps} steps`]
  }

  #crashBy(thrown: unknown): readonly [CrashCause, string] {
    const spent = this.#spent()
    if (spent !== undefined) return spent
    const message = String(Reflect.get(Object(thrown), 'message') ?? reasonOf(thrown)).slice(0, 500)
    return message.includes('memory') ? ['memory', 'it has used more memory than it may'] : ['exit', message]
  }

  #tell(text: string): void {
    if (isLonger(text, this.#maxMessageBytes())) this.#listener.tooLarge()
    else this.#listener.text(text)
  }

  #finish(cause: CrashCause, detail: string): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#ended.resolve({ cause, detail: `${detail}${this.#freed()}` })
  }

  /** An engine that can't free what it was doing is told of; its memory stays the engine's. */
  #freed(): string {
    try {
      this.#hear?.dispose()
      this.#context.dispose()
      this.#runtime.dispose()
      return ''
    } catch (thrown) {
      return `, and the engine can't free it: ${reasonOf(thrown)}`
    }
  }
}
