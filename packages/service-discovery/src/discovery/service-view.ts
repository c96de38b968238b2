import { type Logger, type Timer, untilAborted, Wakeup } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { type RegistryFailure, registryUnavailable } from '../registry/registry-failure.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { MassDrop, type MassDrops } from './mass-drop.ts'

/** What a view is made of. */
export interface ViewOptions {
  readonly registry: ServiceRegistry
  readonly service: string
  readonly massDrops: MassDrops | false
  /** How old what was told last may become while the registry can't be asked. */
  readonly maxStaleMs: number
  /** How long the first answer may take. */
  readonly firstAnswerMs: number
  readonly timer: Timer
  readonly logger: Logger
}

/** What is known of one service: one watch, however many look. */
export class ServiceView {
  readonly #options: ViewOptions
  readonly #stop = new AbortController()
  readonly #changed = new Wakeup()
  readonly #listeners = new Set<(snapshot: Snapshot) => void>()
  readonly #massDrop: MassDrop | undefined
  readonly #first = Promise.withResolvers<void>()
  #snapshot: Snapshot | undefined
  #failure: RegistryFailure | undefined
  #staleSinceMs: number | undefined

  constructor(options: ViewOptions) {
    const { massDrops, timer, firstAnswerMs, registry } = options
    this.#options = options
    if (massDrops !== false) this.#massDrop = new MassDrop(massDrops, timer, () => this.#release())
    const callOff = timer.after(
      firstAnswerMs,
      () => {
        this.#failure ??= registryUnavailable(registry.name, `no answer within ${firstAnswerMs} ms`)
        this.#first.resolve()
        this.#changed.wake()
      },
      { idle: true },
    )
    void this.#first.promise.then(callOff)
    void this.#follow()
  }

  /** The present snapshot, or why there is none; waits for nothing but the first answer. */
  async current(signal?: AbortSignal): Promise<Result<Snapshot, RegistryFailure>> {
    if (this.#snapshot === undefined && this.#failure === undefined)
      await untilAborted(this.#first.promise, signal)
    return this.now()
  }

  /** The present snapshot, or why there is none, as far as it is known by now. */
  now(): Result<Snapshot, RegistryFailure> {
    const { registry, maxStaleMs, timer } = this.#options
    if (this.#snapshot === undefined)
      return err(this.#failure ?? registryUnavailable(registry.name, 'it has not answered yet'))
    if (this.#staleSinceMs !== undefined && timer.now() - this.#staleSinceMs > maxStaleMs)
      return err(
        this.#snapshot.trouble ?? registryUnavailable(registry.name, 'it was not heard of for too long'),
      )
    return ok(this.#snapshot)
  }

  /** Calls the listener with what is known, if anything is, and with each change. */
  listen(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener)
    if (this.#snapshot !== undefined) listener(this.#snapshot)
    return () => this.#listeners.delete(listener)
  }

  /** Follows what is known; only the newest waits for a slow reader. */
  async *watch(signal: AbortSignal): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    let last: Snapshot | RegistryFailure | undefined
    for await (const _ of this.#changed.waits({ signal })) {
      if (this.#snapshot === undefined && this.#failure === undefined) continue
      const next = this.now()
      const news = next.isOk() ? next.value : next.error
      if (news === last) continue
      last = news
      yield next
    }
  }

  close(): void {
    this.#stop.abort()
    this.#massDrop?.close()
    this.#first.resolve()
    this.#changed.close()
  }

  async #follow(): Promise<void> {
    const { registry, service, logger } = this.#options
    const { signal } = this.#stop
    try {
      for await (const result of registry.watch(service, { signal })) {
        if (result.isErr()) this.#miss(result.error)
        else this.#take(result.value)
      }
    } catch (error) {
      if (signal.aborted) return
      logger.error({ service, registry: registry.name, err: error }, 'following a service has failed')
      this.#miss(registryUnavailable(registry.name, 'following it has failed', error))
      return
    }
    if (!signal.aborted) this.#miss(registryUnavailable(registry.name, 'it was closed'))
  }

  #take(told: Snapshot): void {
    const { timer, logger, service } = this.#options
    this.#staleSinceMs = told.stale ? (this.#staleSinceMs ?? timer.now()) : undefined
    const heldBefore = this.#massDrop?.held ?? 0
    const shown = this.#massDrop?.take(told) ?? told
    const held = this.#massDrop?.held ?? 0
    if (held > heldBefore)
      logger.warn(
        { service, held, told: told.instances.length },
        'too many instances have left at a time: held back',
      )
    this.#failure = undefined
    this.#show(shown)
  }

  /** What was known before stays. */
  #miss(failure: RegistryFailure): void {
    this.#failure = failure
    const snapshot = this.#snapshot
    if (snapshot === undefined || snapshot.stale) {
      this.#changed.wake()
      this.#first.resolve()
      return
    }
    this.#staleSinceMs ??= this.#options.timer.now()
    this.#show(Object.freeze({ ...snapshot, stale: true, trouble: failure }))
  }

  #release(): void {
    const shown = this.#massDrop?.shown
    if (shown === undefined) return
    const trouble = this.#failure
    // a watch that has ended tells no more that it is stale
    this.#show(trouble === undefined ? shown : Object.freeze({ ...shown, stale: true, trouble }))
  }

  /** A client whose balancer throws must not end what all others follow. */
  #tell(listener: (snapshot: Snapshot) => void, snapshot: Snapshot): void {
    try {
      listener(snapshot)
    } catch (error) {
      const { service, logger } = this.#options
      logger.error({ service, err: error }, 'a balancer has failed to take instances')
    }
  }

  #show(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    for (const listener of this.#listeners) this.#tell(listener, snapshot)
    this.#changed.wake()
    this.#first.resolve()
  }
}
