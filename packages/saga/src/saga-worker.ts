import type { Clock, Logger, Random } from '@ashlar/kernel'
import { type Attempt, attemptStep } from './attempt-step.ts'
import { Bell, pause, storeBackoff } from './bell.ts'
import { type AnySagaDefinition, definitionKey, type SagaStep } from './saga-definition.ts'
import type { SagaRecord, SagaStore } from './saga-store.ts'
import { isStoreClosed } from './saga-store-error.ts'
import { isEnded, phaseOf, type Transition, transition } from './transition.ts'
import type { WorkerInstruments } from './worker-instruments.ts'

/** What a worker works with. */
export type WorkerOptions = {
  readonly store: SagaStore
  readonly definitions: ReadonlyMap<string, AnySagaDefinition>
  readonly owner: string
  readonly concurrency: number
  readonly leaseMs: number
  readonly pollMs: number
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly instruments: WorkerInstruments
  /** Told of each saga that ended here. */
  readonly onEnd: (saga: SagaRecord) => void
}

/** A saga that is worked on; `stop` is aborted when its fence was lost, or the worker must end. */
type Held = { readonly id: string; readonly fence: number; readonly stop: AbortController; isLost: boolean }

/** Claims sagas that are due, and takes each as far as it goes now. Lives for one `run`. */
export class SagaWorker {
  readonly #options: WorkerOptions
  readonly #names: readonly string[]
  readonly #bell = new Bell()
  /** Aborted when no more work may be begun. */
  readonly #quit = new AbortController()
  readonly #held = new Map<Held, Promise<void>>()

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#names = [...options.definitions.keys()]
  }

  /** Works until the signal is aborted, {@link SagaWorker.drain} is called, or the store is closed. */
  async run(signal: AbortSignal): Promise<void> {
    const interrupt = () => {
      this.drain()
      for (const held of this.#held.keys()) held.stop.abort(signal.reason)
    }
    signal.addEventListener('abort', interrupt)
    if (signal.aborted) interrupt()
    const idle = new AbortController()
    const background = [this.#watch(idle.signal), this.#renewLeases(idle.signal)]
    await this.#claimUntilQuit()
    await Promise.all(this.#held.values())
    idle.abort()
    await Promise.all(background)
    signal.removeEventListener('abort', interrupt)
  }

  /** Begins nothing more; steps that are under way are finished. */
  drain(): void {
    this.#quit.abort()
    this.#bell.ring()
  }

  async #claimUntilQuit(): Promise<void> {
    for (let failures = 0; !this.#quit.signal.aborted; ) {
      try {
        const restMs = await this.#claimDue()
        failures = 0
        if (restMs > 0) await this.#bell.wait(restMs)
      } catch (error) {
        this.#options.logger.warn({ error }, 'sagas can not be claimed, will try again')
        await pause(storeBackoff(failures++), this.#quit.signal)
      }
    }
  }

  /** Tells how long to wait before looking again. */
  async #claimDue(): Promise<number> {
    const { store, owner, concurrency, leaseMs, pollMs } = this.#options
    const limit = concurrency - this.#held.size
    if (limit === 0) return pollMs
    const due = await store.nextDue(this.#names)
    const now = this.#now().getTime()
    if (due === undefined) return pollMs
    if (due > now) return Math.min(due - now, pollMs)
    const claim = { owner, definitions: this.#names, limit, now, leaseUntil: now + leaseMs }
    const claimed = await store.claim(claim)
    for (const saga of claimed) this.#begin(saga)
    // A step blocked the process for longer than its lease: what has ended is saved before anything is claimed again.
    if (this.#now().getTime() >= claim.leaseUntil) await pause(0, this.#quit.signal)
    return claimed.length > 0 ? 0 : pollMs
  }

  #begin(saga: SagaRecord): void {
    for (const held of this.#held.keys()) if (held.id === saga.id) this.#lose(held)
    const held: Held = { id: saga.id, fence: saga.fence, stop: new AbortController(), isLost: false }
    const work = this.#work(saga, held)
      .catch((error) => this.#options.logger.error({ error, sagaId: saga.id }, 'a saga can not be worked on'))
      .finally(() => {
        this.#held.delete(held)
        this.#bell.ring()
      })
    this.#held.set(held, work)
  }

  /** Takes a saga on until it ends, rests, is lost, or the worker ends. */
  async #work(claimed: SagaRecord, held: Held): Promise<void> {
    const definition = this.#options.definitions.get(definitionKey(claimed)) as AnySagaDefinition
    let saga = claimed
    while (!this.#quit.signal.aborted) {
      const attempt = await this.#attempt(saga, definition, held)
      if (held.isLost) return
      if (attempt.outcome === 'interrupted') break
      const now = this.#now()
      const leaseUntil = now.getTime() + this.#options.leaseMs
      const next = transition(saga, definition, attempt, { now, leaseUntil, random: this.#options.random })
      if (!(await this.#save(next, held))) return
      saga = next.saga
      this.#report(next)
      if (saga.owner === undefined) return
    }
    await this.#release(saga)
  }

  #attempt(saga: SagaRecord, definition: AnySagaDefinition, held: Held): Promise<Attempt> {
    const step = definition.steps[saga.step] as SagaStep
    return this.#options.instruments.attempt(saga, step.name, phaseOf(saga), () =>
      attemptStep(saga, definition, held.stop.signal),
    )
  }

  /** Tries until the store has answered, for what was done must not be forgotten; false when the fence was lost. */
  async #save({ saga, entry }: Transition, held: Held): Promise<boolean> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#options.store.save(saga, entry)
      } catch (error) {
        this.#options.logger.warn({ error, sagaId: saga.id }, 'a saga can not be saved, will try again')
        if (this.#quit.signal.aborted || held.isLost) return false
        await pause(storeBackoff(failures), held.stop.signal)
      }
    }
  }

  /** Gives the saga back at once, the attempt uncounted; where that fails, its lease ends by itself. */
  async #release(saga: SagaRecord): Promise<void> {
    const now = this.#now()
    try {
      const released = { ...saga, owner: undefined, dueAt: now.getTime(), updatedAt: now.toISOString() }
      await this.#options.store.save(released, undefined)
    } catch (error) {
      this.#options.logger.warn({ error, sagaId: saga.id }, 'a saga can not be released, its lease will end')
    }
  }

  #report({ saga, entry }: Transition): void {
    const { logger, instruments, onEnd } = this.#options
    const fields = { sagaId: saga.id, saga: definitionKey(saga), ...entry }
    if (saga.status === 'needs-attention') logger.error(fields, 'a saga needs attention')
    else if (entry.outcome !== 'ok') logger.warn(fields, `a step of a saga has ${entry.outcome}`)
    if (!isEnded(saga.status)) return
    instruments.end(saga)
    onEnd(saga)
  }

  #lose(held: Held): void {
    held.isLost = true
    held.stop.abort(new Error(`the lease of saga "${held.id}" was lost`))
  }

  async #renewLeases(idle: AbortSignal): Promise<void> {
    const { store, leaseMs, logger } = this.#options
    for (;;) {
      await pause(leaseMs / 3, idle)
      if (idle.aborted) return
      const held = [...this.#held.keys()]
      if (held.length === 0) continue
      try {
        const lost = new Set(
          await store.renew(
            held.map(({ id, fence }) => ({ id, fence })),
            this.#now().getTime() + leaseMs,
          ),
        )
        for (const one of held) if (lost.has(one.id) && this.#held.has(one)) this.#lose(one)
      } catch (error) {
        logger.warn({ error }, 'the leases of sagas can not be renewed, will try again')
      }
    }
  }

  /** Only rings the bell: what follows runs in the worker's own asynchronous context. */
  async #watch(idle: AbortSignal): Promise<void> {
    for (let failures = 0; !idle.aborted; ) {
      try {
        for await (const _ of this.#options.store.watch({ signal: idle })) {
          failures = 0
          this.#bell.ring()
        }
        return this.drain()
      } catch (error) {
        if (idle.aborted) return
        if (isStoreClosed(error)) return this.drain()
        this.#options.logger.warn({ error }, 'sagas can not be watched, will try again')
        await pause(storeBackoff(failures++), idle)
      }
    }
  }

  #now(): Date {
    return this.#options.clock.now()
  }
}
