import { type Context, createContext } from '@ashlar/kernel'
import { type FixedClock, fixedClock } from '@ashlar/kernel/testing'
import type { AnySagaDefinition } from '../saga-definition.ts'
import { type SagaHandle, SagaOrchestrator, type SagaOrchestratorOptions } from '../saga-orchestrator.ts'
import type { SagaRecord, SagaStore } from '../saga-store.ts'
import type { Fulfilled, Order, OrderSaga, SaidNo } from './order-world.ts'

/** An orchestrator that runs. */
export type Worker = {
  readonly orchestrator: SagaOrchestrator
  /** Settles when `run` has returned. */
  readonly done: Promise<void>
  /** Aborts the run, and waits for it. */
  stop(): Promise<void>
}

/** How long a lease of the harness's workers lasts; its clock stands still, so it ends when a test says so. */
export const leaseMs = 60_000

/** Workers over one store and one clock that stands still. */
export class SagaHarness {
  readonly store: SagaStore
  readonly clock: FixedClock = fixedClock()
  readonly context: Context = createContext({ correlationId: 'saga-harness', userId: 'ada' })
  readonly #workers: Worker[] = []

  constructor(store: SagaStore) {
    this.store = store
  }

  /** Makes an orchestrator that does not run. */
  orchestrator(
    sagas: readonly AnySagaDefinition[],
    options: Partial<SagaOrchestratorOptions> = {},
  ): SagaOrchestrator {
    return new SagaOrchestrator({
      store: this.store,
      sagas,
      clock: this.clock,
      random: { next: () => 1 },
      leaseMs,
      pollMs: 5,
      ...options,
    })
  }

  /** Makes an orchestrator that runs until it is stopped, or the harness is closed. */
  work(sagas: readonly AnySagaDefinition[], options: Partial<SagaOrchestratorOptions> = {}): Worker {
    const orchestrator = this.orchestrator(sagas, options)
    const stop = new AbortController()
    const done = orchestrator.run({ signal: stop.signal })
    const worker: Worker = {
      orchestrator,
      done,
      stop: () => {
        stop.abort(new Error('the worker was stopped'))
        return done
      },
    }
    this.#workers.push(worker)
    return worker
  }

  /** Starts an order saga, through an orchestrator that does not run. */
  async start(saga: OrderSaga, id = 'o-1'): Promise<SagaHandle<Fulfilled, SaidNo>> {
    const started = await this.orchestrator([]).start(saga, { orderId: id } satisfies Order, {
      id,
      context: this.context,
    })
    return started._unsafeUnwrap()
  }

  /** Waits until a stored saga is as wanted. */
  async until(id: string, isWanted: (saga: SagaRecord) => boolean): Promise<SagaRecord> {
    const stop = new AbortController()
    for await (const _ of this.store.watch({ signal: stop.signal })) {
      const saga = await this.store.find(id)
      if (saga !== undefined && isWanted(saga)) return saga
    }
    throw new Error(`the store was closed before saga "${id}" was as wanted`)
  }

  /** Stops all workers. */
  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.stop()
  }
}
