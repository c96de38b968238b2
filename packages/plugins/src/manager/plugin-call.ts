import type { Json } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ExtensionPoint } from '../contract/extension-point.ts'
import { MessageTooLargeError } from '../run/message-too-large-error.ts'
import { reasonOf } from '../run/reason-of.ts'
import type { RunningCall } from '../run/runner.ts'
import {
  type NoContribution,
  noContribution,
  type PluginCallFailure,
  pluginAnswerInvalid,
  pluginBusy,
  pluginCallThrew,
  pluginCallTimedOut,
  pluginGone,
  pluginInputTooLarge,
} from './call-failure.ts'
import type { Contributor } from './contributions.ts'
import type { Chain, Deadlines, Timed } from './deadlines.ts'

/** What becomes of asking one plugin; `NoContribution` where it has declined. */
export type Asked = Result<unknown, PluginCallFailure | NoContribution>

/**
 * Asks one plugin.
 *
 * @throws the signal's reason; what the point's own schema throws
 */
export function ask(
  contributor: Contributor,
  point: ExtensionPoint,
  input: Json,
  { deadlines, timeoutMs, signal }: AskOptions,
): Promise<Asked> {
  const { incarnation } = contributor
  if (incarnation.isFull) {
    incarnation.counts.refused++
    const { limits } = incarnation.plugin
    return Promise.resolve(err(pluginBusy(contributor.id, point.id, limits.maxConcurrentCalls)))
  }
  const chain = timeoutMs === undefined ? incarnation.chain : deadlines.of(timeoutMs)
  return new Promise((resolve, reject) => {
    new PluginCall(contributor, point, chain, resolve, reject).begin(input, timeoutMs, signal)
  })
}

/** How a plugin is asked. */
export interface AskOptions {
  readonly deadlines: Deadlines
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal | undefined
}

/** One call of one plugin, from the question to the answer, the time limit or the caller's abort, whatever is first. */
export class PluginCall implements RunningCall, Timed {
  before: Timed | undefined = undefined
  after: Timed | undefined = undefined
  beat = 0
  readonly contributor: Contributor
  readonly #point: ExtensionPoint
  readonly #resolve: (asked: Asked) => void
  readonly #reject: (reason: unknown) => void
  readonly #chain: Chain
  #isOver = false
  #isExpired = false
  #timeoutMs: number | undefined
  #controller: AbortController | undefined
  #cancel: (() => void) | undefined
  #caller: AbortSignal | undefined
  #giveUp: (() => void) | undefined

  constructor(
    contributor: Contributor,
    point: ExtensionPoint,
    chain: Chain,
    resolve: (asked: Asked) => void,
    reject: (reason: unknown) => void,
  ) {
    this.contributor = contributor
    this.#point = point
    this.#chain = chain
    this.#resolve = resolve
    this.#reject = reject
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  onCancel(cancel: () => void): void {
    this.#cancel = cancel
  }

  begin(input: Json, timeoutMs: number | undefined, caller: AbortSignal | undefined): void {
    this.contributor.incarnation.begin()
    this.#timeoutMs = timeoutMs
    this.#chain.add(this)
    if (caller !== undefined) this.#heed(caller)
    let answer: unknown
    try {
      answer = this.contributor.handler(input, this)
    } catch (thrown) {
      this.#fail(thrown)
      return
    }
    if (typeof answer === 'object' && answer !== null)
      Promise.resolve(answer).then(
        (settled) => this.#answer(settled),
        (thrown) => this.#fail(thrown),
      )
    else this.#answer(answer)
  }

  expire(): void {
    this.#isExpired = true
    const { id, incarnation } = this.contributor
    incarnation.counts.timeouts++
    const { callTimeoutMs } = incarnation.plugin.limits
    const failure = pluginCallTimedOut(id, this.#point.id, this.#timeoutMs ?? callTimeoutMs)
    this.#settle(err(failure))
    this.#giveUpWork(new DOMException('the time for the call is over', 'TimeoutError'))
    incarnation.onTimeout(incarnation, failure)
  }

  /** Ends the call because the plugin is stopped. */
  dismiss(why: string): void {
    this.#settle(err(pluginGone(this.contributor.id, this.#point.id, why)))
    this.#giveUpWork(new DOMException(why, 'AbortError'))
  }

  #heed(caller: AbortSignal): void {
    this.#caller = caller
    this.#giveUp = () => {
      if (!this.#end()) return
      this.#giveUpWork(caller.reason)
      this.#reject(caller.reason)
    }
    caller.addEventListener('abort', this.#giveUp)
  }

  #answer(value: unknown): void {
    if (this.#isOver) return
    if (value === undefined && this.#point.mode === 'first') {
      this.#settle(err(noContribution(this.#point.id)))
      return
    }
    try {
      const checked = this.#point.output['~standard'].validate(value)
      if (checked instanceof Promise)
        checked.then(
          (later) => this.#checked(later),
          (thrown) => this.#break(thrown),
        )
      else this.#checked(checked)
    } catch (thrown) {
      this.#break(thrown)
    }
  }

  #checked(checked: StandardSchemaV1.Result<unknown>): void {
    if (checked.issues === undefined) this.#settle(ok(checked.value))
    else this.#settle(err(pluginAnswerInvalid(this.contributor.id, this.#point.id, checked)))
  }

  #fail(thrown: unknown): void {
    const { id, incarnation } = this.contributor
    const point = this.#point.id
    const gone = incarnation.endedBy
    if (thrown instanceof MessageTooLargeError)
      this.#settle(err(pluginInputTooLarge(id, point, thrown.limit)))
    else if (gone !== undefined) this.#settle(err(pluginGone(id, point, gone)))
    else this.#settle(err(pluginCallThrew(id, point, reasonOf(thrown))))
  }

  /** The host's own schema has thrown. */
  #break(thrown: unknown): void {
    if (this.#end()) this.#reject(thrown)
  }

  #settle(asked: Asked): void {
    if (!this.#end()) return
    if (asked.isErr() && asked.error.type !== 'NoContribution') this.contributor.incarnation.counts.failures++
    this.#resolve(asked)
  }

  /** Ends the call; false when it has ended before. */
  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    if (!this.#isExpired) this.#chain.remove(this)
    this.contributor.incarnation.end()
    if (this.#giveUp !== undefined) this.#caller?.removeEventListener('abort', this.#giveUp)
    return true
  }

  #giveUpWork(reason: unknown): void {
    this.#cancel?.()
    this.#controller?.abort(reason)
  }
}
