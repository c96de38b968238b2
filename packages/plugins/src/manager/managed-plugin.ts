import { Turns } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import type { PluginManifest } from '../manifest/plugin-manifest.ts'
import type { PlannedPlugin } from '../plan/plugin-plan.ts'
import { reasonOf } from '../run/reason-of.ts'
import {
  type PluginCrashed,
  type PluginStartFailure,
  pluginCrashed,
  pluginStartTimedOut,
} from '../run/run-failure.ts'
import type { UnloadProof } from '../run/unload-proof.ts'
import type { PluginCallTimedOut } from './call-failure.ts'
import { FaultCount } from './fault-count.ts'
import { hostSideOf } from './host-side.ts'
import { Incarnation } from './incarnation.ts'
import { type ProbeFailed, probeFailed } from './manage-failure.ts'
import { PluginCall } from './plugin-call.ts'
import type { PluginFault } from './plugin-event.ts'
import { PluginCounts } from './plugin-metrics.ts'
import type { PluginState } from './plugin-state.ts'
import type { Surroundings } from './surroundings.ts'
import { within } from './within.ts'

/** How long a plugin may take to say that it is alive. */
const aliveWithinMs = 1_000
const firstRestMs = 100
const longestRestMs = 30_000

/** How a plugin has ended. */
export interface Ended {
  readonly problems: readonly string[]
  readonly proof: Promise<UnloadProof>
}

/** One plugin of a manager: started, watched, started again after a crash, replaced and stopped, one after the other. */
export class ManagedPlugin {
  readonly id: string
  readonly rank: number
  readonly counts: PluginCounts = new PluginCounts()
  readonly #around: Surroundings
  readonly #turns = new Turns()
  #manifest: PluginManifest
  #plan: PlannedPlugin | undefined
  #incarnation: Incarnation | undefined
  #state: PluginState = 'resolved'
  #lastFailure: PluginFault | undefined
  readonly #faults = new FaultCount()
  #restart: NodeJS.Timeout | undefined

  constructor(manifest: PluginManifest, rank: number, around: Surroundings) {
    this.id = manifest.id
    this.rank = rank
    this.#manifest = manifest
    this.#around = around
  }

  get manifest(): PluginManifest {
    return this.#manifest
  }

  get state(): PluginState {
    return this.#state
  }

  get lastFailure(): PluginFault | undefined {
    return this.#lastFailure
  }

  /** What it was started by; undefined while it is stopped, so that nothing of its code is kept. */
  get plan(): PlannedPlugin | undefined {
    return this.#plan
  }

  /** Starts it; what is active already goes on as it is. */
  start(plan: PlannedPlugin, signal: AbortSignal | undefined): Promise<PluginStartFailure | undefined> {
    return this.#turns.take(this.id, async () => {
      if (this.#incarnation !== undefined) return
      this.#forgetFaults()
      this.#take(plan)
      return this.#begin(plan, signal)
    })
  }

  /** Puts another version in its place when that one runs and agrees to; until then, and if not, the old one goes on. */
  replace(
    plan: PlannedPlugin,
    signal: AbortSignal | undefined,
  ): Promise<Result<Ended | undefined, PluginStartFailure | ProbeFailed>> {
    return this.#turns.take(this.id, async () => {
      const launched = await this.#launch(plan, signal)
      if (launched.isErr()) return err(launched.error)
      const refused = await this.#probe(launched.value)
      if (refused !== undefined) return err(refused)
      const old = this.#incarnation
      this.#forgetFaults()
      this.#take(plan)
      this.#put(launched.value)
      if (old === undefined) return ok(undefined)
      this.counts.reloads++
      const from = old.plugin.manifest.version
      this.#around.events.tell({ type: 'reloaded', plugin: this.id, from, to: plan.manifest.version })
      return ok(await this.#end(old))
    })
  }

  /** Lets its calls end, then stops it; nothing of its code is kept. */
  stop(): Promise<Ended | undefined> {
    return this.#turns.take(this.id, async () => {
      clearTimeout(this.#restart)
      const incarnation = this.#incarnation
      this.#around.contributions.take(this.id)
      this.#incarnation = undefined
      this.#plan = undefined
      if (incarnation === undefined) {
        this.#turn('stopped')
        return
      }
      this.#turn('draining')
      const ended = await this.#end(incarnation)
      this.#turn('stopped')
      this.#around.logger.info({ plugin: this.id, problems: ended.problems }, 'a plugin has been stopped')
      return ended
    })
  }

  /** Notes that it can't be started for now. */
  fail(failure: PluginFault | undefined): void {
    this.#lastFailure = failure
    this.#turn('failed')
  }

  #take(plan: PlannedPlugin): void {
    this.#plan = plan
    this.#manifest = plan.manifest
  }

  async #begin(
    plan: PlannedPlugin,
    signal: AbortSignal | undefined,
  ): Promise<PluginStartFailure | undefined> {
    this.#turn('starting')
    try {
      const launched = await this.#launch(plan, signal)
      if (launched.isOk()) {
        this.#put(launched.value)
        return
      }
      this.#tell(launched.error)
      this.#turn('failed')
      return launched.error
    } catch (reason) {
      this.#turn('stopped')
      throw reason
    }
  }

  async #launch(
    plan: PlannedPlugin,
    signal: AbortSignal | undefined,
  ): Promise<Result<Incarnation, PluginStartFailure>> {
    const { startTimeoutMs } = plan.limits
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), startTimeoutMs)
    const run: { incarnation?: Incarnation; crash?: PluginCrashed } = {}
    const crashed = (failure: PluginCrashed) => {
      run.crash = failure
      if (run.incarnation !== undefined) this.#crashed(run.incarnation, failure)
    }
    const { runners, services, logger, deadlines } = this.#around
    const denied = (what: string) => this.#denied(what)
    const host = hostSideOf(plan, { offered: services, logger, denied, crashed })
    try {
      const runner = runners.get(plan.isolation)
      if (runner === undefined) throw new Error(`there is no runner for isolation "${plan.isolation}"`)
      const stop = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal])
      const started = await runner.start(plan, host, { signal: stop })
      if (started.isErr()) return err(started.error)
      if (run.crash !== undefined) return err(run.crash)
      const chain = deadlines.of(plan.limits.callTimeoutMs)
      run.incarnation = new Incarnation(plan, started.value, this.counts, chain, (late, failure) =>
        this.#timedOut(late, failure),
      )
      return ok(run.incarnation)
    } catch (reason) {
      if (late.signal.aborted && signal?.aborted !== true)
        return err(pluginStartTimedOut(this.id, startTimeoutMs))
      throw reason
    } finally {
      clearTimeout(timer)
    }
  }

  async #probe({ running, plugin }: Incarnation): Promise<ProbeFailed | undefined> {
    const { version } = plugin.manifest
    try {
      await within(plugin.limits.startTimeoutMs, running.probe())
    } catch (thrown) {
      await running.stop(plugin.limits.stopTimeoutMs)
      return probeFailed(this.id, version, reasonOf(thrown))
    }
  }

  #put(incarnation: Incarnation): void {
    clearTimeout(this.#restart)
    this.#incarnation = incarnation
    this.#around.contributions.put(this.id, this.rank, incarnation)
    const { version } = incarnation.plugin.manifest
    this.#around.instruments.started(this.id, version)
    this.#around.logger.info({ plugin: this.id, version }, 'a plugin is active')
    this.#lastFailure = undefined
    this.#turn('active')
  }

  async #end(incarnation: Incarnation): Promise<Ended> {
    const { running, plugin } = incarnation
    const { drainTimeoutMs, stopTimeoutMs } = plugin.limits
    const problems: string[] = []
    if (!(await incarnation.drain(drainTimeoutMs))) {
      const dismissed = this.#dismiss(incarnation, 'it is being stopped')
      problems.push(`${dismissed} calls had not ended within ${drainTimeoutMs} ms`)
    }
    problems.push(...(await running.stop(stopTimeoutMs)))
    const proof = running.unloaded
    const { events } = this.#around
    const { id } = this
    void proof.then((found) => events.tell({ type: 'unloaded', plugin: id, proof: found }))
    return { problems, proof }
  }

  #dismiss(incarnation: Incarnation, why: string): number {
    const calls: PluginCall[] = []
    for (const timed of this.#around.deadlines.all())
      if (timed instanceof PluginCall && timed.contributor.incarnation === incarnation) calls.push(timed)
    for (const call of calls) call.dismiss(why)
    return calls.length
  }

  #crashed(incarnation: Incarnation, failure: PluginCrashed): void {
    incarnation.endedBy = failure.detail
    this.#dismiss(incarnation, failure.detail)
    if (incarnation !== this.#incarnation) return
    this.#incarnation = undefined
    this.#around.contributions.take(this.id)
    this.#turn('failed')
    this.#fault(failure)
  }

  #timedOut(incarnation: Incarnation, failure: PluginCallTimedOut): void {
    if (incarnation !== this.#incarnation) return
    this.#fault(failure)
    void this.#endWhenDead(incarnation)
  }

  /** A plugin that does not even say that it is alive will answer no call. */
  async #endWhenDead(incarnation: Incarnation): Promise<void> {
    if (incarnation.isBeingAsked) return
    incarnation.isBeingAsked = true
    const isAlive = await incarnation.running.isResponsive(aliveWithinMs)
    incarnation.isBeingAsked = false
    if (isAlive || incarnation !== this.#incarnation) return
    const failure = pluginCrashed(
      this.id,
      'unresponsive',
      `it has not said that it is alive for ${aliveWithinMs} ms`,
    )
    incarnation.endedBy = failure.detail
    this.#dismiss(incarnation, failure.detail)
    this.#incarnation = undefined
    this.#around.contributions.take(this.id)
    this.#tell(failure)
    this.#turn('failed')
    await incarnation.running.stop(0)
    this.#restartLater()
  }

  /** Counts a fault; too many of them end in quarantine. */
  #fault(failure: PluginFault): void {
    this.#tell(failure)
    const plan = this.#plan
    if (plan === undefined) return
    if (this.#faults.add(plan.limits)) void this.#quarantine()
    else if (this.#incarnation === undefined) this.#restartLater()
  }

  async #quarantine(): Promise<void> {
    clearTimeout(this.#restart)
    const incarnation = this.#incarnation
    this.#incarnation = undefined
    this.#around.contributions.take(this.id)
    this.#turn('quarantined')
    if (incarnation === undefined) return
    this.#dismiss(incarnation, 'it is quarantined')
    await incarnation.running.stop(incarnation.plugin.limits.stopTimeoutMs)
  }

  #restartLater(): void {
    if (this.#state === 'quarantined') return
    const longest = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(this.#faults.size, 16))
    const restMs = Math.round(longest * (0.5 + this.#around.random.next() / 2))
    clearTimeout(this.#restart)
    this.#restart = setTimeout(() => void this.#startAgain(), restMs)
    this.#restart.unref()
  }

  #startAgain(): Promise<void> {
    return this.#turns.take(this.id, async () => {
      const plan = this.#plan
      if (plan === undefined || this.#state !== 'failed' || this.#incarnation !== undefined) return
      this.counts.restarts++
      this.#turn('starting')
      const launched = await this.#launch(plan, undefined)
      if (launched.isOk()) this.#put(launched.value)
      else {
        this.#turn('failed')
        this.#fault(launched.error)
      }
    })
  }

  #forgetFaults(): void {
    clearTimeout(this.#restart)
    this.#faults.clear()
  }

  #tell(failure: PluginFault): void {
    this.counts.faults++
    this.#lastFailure = failure
    this.#around.instruments.faulted(this.id, failure.type)
    this.#around.logger.warn({ plugin: this.id, failure }, 'a plugin is at fault')
    this.#around.events.tell({ type: 'fault', plugin: this.id, failure })
  }

  #denied(what: string): void {
    this.#around.logger.warn({ plugin: this.id, what }, 'a plugin has tried what it may not')
    this.#around.events.tell({ type: 'denied', plugin: this.id, what })
  }

  #turn(to: PluginState): void {
    const from = this.#state
    if (from === to) return
    this.#state = to
    this.#around.events.tell({ type: 'state', plugin: this.id, from, to })
  }
}
