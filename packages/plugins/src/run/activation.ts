import type { Json, Logger } from '@ashlar/kernel'
import type { PluginContext, PluginDefinition } from '../contract/define-plugin.ts'
import { PluginRefusedError } from '../contract/plugin-refused-error.ts'
import type { Remote, ServiceRef } from '../contract/service.ts'
import { reasonOf } from './reason-of.ts'
import { untilAborted } from './until-aborted.ts'

/** What an activation may do, and who does it. */
export interface ActivationTerms {
  readonly id: string
  readonly version: string
  readonly config: Json | undefined
  /** The points that the manifest lists. */
  readonly points: ReadonlySet<string>
  /** The services that the manifest lists and the host grants. */
  readonly services: ReadonlySet<string>
  readonly log: Logger
  serve(service: string, method: string, args: readonly Json[], signal: AbortSignal): Promise<unknown>
  denied(what: string): void
}

/** How an activation ended; `points` are the contributions that are missing. */
export type Activated =
  | { readonly outcome: 'active' }
  | { readonly outcome: 'config-invalid' | 'broken'; readonly reason: string }
  | { readonly outcome: 'contribution-missing'; readonly points: readonly string[] }

/** A contribution, whatever its point. */
// biome-ignore lint/suspicious/noExplicitAny: what goes in and out is checked by the host, point by point
export type AnyContribution = (input: any, call: any) => unknown

/** The code of one plugin between its start and its end; the same wherever it runs. */
export class Activation {
  readonly contributions: Map<string, AnyContribution> = new Map()
  readonly #definition: PluginDefinition<unknown>
  readonly #terms: ActivationTerms
  readonly #disposals: (() => void | Promise<void>)[] = []
  readonly #stop = new AbortController()
  #isActivating = false
  #isActive = false
  #hasEnded = false

  constructor(definition: PluginDefinition<unknown>, terms: ActivationTerms) {
    this.#definition = definition
    this.#terms = terms
  }

  /** Checks the configuration, activates, and compares what was contributed with the manifest. Throws nothing. */
  async activate(): Promise<Activated> {
    try {
      const config = await this.#checkedConfig()
      if (!config.fits) return { outcome: 'config-invalid', reason: config.reason }
      this.#isActivating = true
      await this.#definition.activate(this.#context(config.value))
      this.#isActive = true
    } catch (thrown) {
      return { outcome: 'broken', reason: reasonOf(thrown) }
    } finally {
      this.#isActivating = false
    }
    const missing = [...this.#terms.points].filter((point) => !this.contributions.has(point))
    return missing.length > 0 ? { outcome: 'contribution-missing', points: missing } : { outcome: 'active' }
  }

  /** Runs the plugin's probe; rejects with what it throws. */
  async probe(): Promise<void> {
    await this.#definition.probe?.()
  }

  /**
   * Deactivates what was activated, then disposes of the rest, the last one first. Throws nothing.
   *
   * @param signal - aborted when the time for it is over: what is left is still begun, and not waited for
   * @returns what was thrown, in words
   */
  async end(signal: AbortSignal): Promise<readonly string[]> {
    const problems: string[] = []
    this.#isActivating = false
    this.#stop.abort(new PluginRefusedError(`plugin "${this.#terms.id}" is being stopped`))
    if (this.#isActive)
      await this.#attempt('deactivate', () => this.#definition.deactivate?.(signal), signal, problems)
    this.#isActive = false
    this.#hasEnded = true
    for (const dispose of this.#disposals.splice(0).reverse())
      await this.#attempt('onDispose', dispose, signal, problems)
    this.contributions.clear()
    return problems
  }

  async #attempt(what: string, run: () => unknown, signal: AbortSignal, problems: string[]): Promise<void> {
    try {
      await untilAborted(run(), signal)
    } catch (thrown) {
      const isLate = signal.aborted && thrown === signal.reason
      problems.push(isLate ? `${what} did not end in time` : `${what} threw ${reasonOf(thrown)}`)
    }
  }

  async #checkedConfig(): Promise<
    { readonly fits: true; readonly value: unknown } | { readonly fits: false; readonly reason: string }
  > {
    const { config: schema } = this.#definition
    const { config } = this.#terms
    if (schema === undefined) return { fits: true, value: config }
    const checked = await schema['~standard'].validate(config)
    if (checked.issues === undefined) return { fits: true, value: checked.value }
    const reason = checked.issues.map(({ message }) => message).join('; ')
    return { fits: false, reason: reason.slice(0, 500) }
  }

  #context(config: unknown): PluginContext {
    const { id, version, log } = this.#terms
    return Object.freeze({
      plugin: Object.freeze({ id, version }),
      config,
      signal: this.#stop.signal,
      log,
      contribute: (point: { readonly id: string }, contribution: AnyContribution) =>
        this.#contribute(point.id, contribution),
      use: <Service extends object>(ref: ServiceRef<Service>) => this.#use(ref),
      onDispose: (dispose: () => void | Promise<void>) => this.#onDispose(dispose),
    })
  }

  #contribute(point: string, contribution: AnyContribution): void {
    if (!this.#isActivating)
      throw new PluginRefusedError(`contributions are added during activate, "${point}" came later`)
    if (!this.#terms.points.has(point)) this.#refuse(`contribute to "${point}"`, 'contributes')
    if (this.contributions.has(point))
      throw new PluginRefusedError(`"${point}" has a contribution of this plugin already`)
    if (typeof contribution !== 'function')
      throw new PluginRefusedError(
        `a contribution to "${point}" must be a function, found ${typeof contribution}`,
      )
    this.contributions.set(point, contribution)
  }

  /** An activation that goes on after its end has nobody else who would dispose of what it makes. */
  #onDispose(dispose: () => void | Promise<void>): void {
    if (this.#hasEnded) void this.#attempt('onDispose', dispose, this.#stop.signal, [])
    else this.#disposals.push(dispose)
  }

  #use<Service extends object>({ id }: ServiceRef<Service>): Remote<Service> {
    if (this.#hasEnded) throw new PluginRefusedError(`"${id}" can't be used: the plugin has been stopped`)
    if (!this.#terms.services.has(id)) this.#refuse(`use the service "${id}"`, 'needs')
    const { serve } = this.#terms
    const { signal } = this.#stop
    const methods = new Map<string, (...args: readonly Json[]) => Promise<unknown>>()
    return new Proxy(Object.freeze({}), {
      get: (_, name) => {
        if (typeof name !== 'string' || name === 'then') return undefined
        let method = methods.get(name)
        if (method === undefined) {
          method = (...args) => serve(id, name, args, signal)
          methods.set(name, method)
        }
        return method
      },
    }) as Remote<Service>
  }

  #refuse(what: string, list: string): never {
    this.#terms.denied(what)
    throw new PluginRefusedError(
      `plugin "${this.#terms.id}" may not ${what}: its manifest must list it under "${list}", and the host must grant it`,
    )
  }
}
