import { type Timer, Wakeup } from '@ashlar/kernel'
import type { Instance } from '../registry/instance.ts'

/** The instances that an in-memory registry knows, each until its time is over. */
export class KnownInstances {
  readonly #timer: Timer
  readonly #services = new Map<string, Map<string, Known>>()
  readonly #changed = new Wakeup()

  constructor(timer: Timer) {
    this.#timer = timer
  }

  of(service: string): readonly Instance[] {
    return [...(this.#services.get(service)?.values() ?? [])].map(({ instance }) => instance)
  }

  /** Tells the instances of a service, again after each change of any. */
  async *rounds(service: string, signal: AbortSignal): AsyncGenerator<readonly Instance[], void, undefined> {
    for await (const _ of this.#changed.waits({ signal })) yield this.of(service)
  }

  put(instance: Instance, ttlMs: number): void {
    const { service, id } = instance
    const known = this.#services.get(service) ?? new Map<string, Known>()
    this.#services.set(service, known)
    known.get(id)?.callOff()
    known.set(id, { instance, callOff: this.#endLater(instance, ttlMs) })
    this.#changed.wake()
  }

  renew(instance: Instance, ttlMs: number): 'held' | 'lost' {
    const known = this.#services.get(instance.service)?.get(instance.id)
    if (known === undefined) return 'lost'
    known.callOff()
    known.callOff = this.#endLater(instance, ttlMs)
    return 'held'
  }

  remove({ service, id }: Instance): void {
    const known = this.#services.get(service)
    known?.get(id)?.callOff()
    if (known?.delete(id) !== true) return
    if (known.size === 0) this.#services.delete(service)
    this.#changed.wake()
  }

  #endLater(instance: Instance, ttlMs: number): () => void {
    return this.#timer.after(ttlMs, () => this.remove(instance), { idle: true })
  }
}

/** An instance, and what calls the end of its time off. */
type Known = { readonly instance: Instance; callOff: () => void }
