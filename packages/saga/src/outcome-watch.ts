import type { Logger } from '@ashlar/kernel'
import { pause, storeBackoff } from './bell.ts'
import type { SagaRecord, SagaStore } from './saga-store.ts'
import { isStoreClosed, SagaStoreClosedError } from './saga-store-error.ts'
import { isEnded } from './transition.ts'

type Waiter = { resolve(saga: SagaRecord): void; reject(reason: unknown): void }

/** With so many sagas looked at, the watch rests for a millisecond. */
const looksPerMs = 10

/** Tells when sagas have ended, whoever worked on them; watches the store as long as somebody waits. */
export class OutcomeWatch {
  readonly #store: SagaStore
  readonly #logger: Logger
  readonly #waiting = new Map<string, Set<Waiter>>()
  #stop: AbortController | undefined

  constructor(store: SagaStore, logger: Logger) {
    this.#store = store
    this.#logger = logger
  }

  /** Waits until a saga has ended, even for one that is not stored yet. */
  async ended(id: string, signal: AbortSignal | undefined): Promise<SagaRecord> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<SagaRecord>()
    const waiter: Waiter = { resolve, reject }
    const gone = new AbortController()
    const giveUp = () => reject(signal?.reason)
    signal?.addEventListener('abort', giveUp)
    this.#add(id, waiter)
    try {
      void this.#lookAtFirst(id, waiter, gone.signal)
      return await promise
    } finally {
      gone.abort()
      signal?.removeEventListener('abort', giveUp)
      this.#remove(id, waiter)
    }
  }

  /** Lets those go who wait for a saga that has ended. */
  tell(saga: SagaRecord): void {
    if (!isEnded(saga.status)) return
    for (const { resolve } of this.#waiting.get(saga.id) ?? []) resolve(saga)
  }

  /** The watch may have come round before this saga was waited for, so it is looked at once for itself. */
  async #lookAtFirst(id: string, { reject }: Waiter, gone: AbortSignal): Promise<void> {
    for (let failures = 0; !gone.aborted; ) {
      try {
        return await this.#look(id)
      } catch (error) {
        if (gone.aborted) return
        if (isStoreClosed(error)) return reject(error)
        this.#logger.warn({ error, sagaId: id }, 'the outcome of a saga can not be looked at, will try again')
        await pause(storeBackoff(failures++), gone)
      }
    }
  }

  async #look(id: string): Promise<void> {
    const saga = await this.#store.find(id)
    if (saga !== undefined) this.tell(saga)
  }

  #add(id: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(id)
    if (waiters === undefined) this.#waiting.set(id, new Set([waiter]))
    else waiters.add(waiter)
    if (this.#stop !== undefined) return
    this.#stop = new AbortController()
    void this.#watch(this.#stop.signal)
  }

  #remove(id: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(id)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiting.delete(id)
    if (this.#waiting.size > 0) return
    this.#stop?.abort()
    this.#stop = undefined
  }

  async #watch(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        for await (const _ of this.#store.watch({ signal })) {
          await this.#lookAtAll(signal)
          failures = 0
        }
        return this.#rejectAll(new SagaStoreClosedError('outcome'))
      } catch (error) {
        if (signal.aborted) return
        if (isStoreClosed(error)) return this.#rejectAll(error)
        this.#logger.warn({ error }, 'the outcomes of sagas can not be watched, will try again')
        await pause(storeBackoff(failures++), signal)
      }
    }
  }

  /** One look for each saga that is waited for; many such are not looked at for each change of one. */
  async #lookAtAll(signal: AbortSignal): Promise<void> {
    const ids = [...this.#waiting.keys()]
    for (const id of ids) if (!signal.aborted) await this.#look(id)
    if (ids.length >= looksPerMs) await pause(ids.length / looksPerMs, signal)
  }

  #rejectAll(reason: unknown): void {
    for (const waiters of this.#waiting.values()) for (const { reject } of waiters) reject(reason)
  }
}
