import {
  type Clock,
  type Context,
  frozenJson,
  type IdGenerator,
  type Json,
  type Logger,
  portOf,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
  type Telemetry,
  uuidv7,
} from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { guardedLogger } from './guarded-logger.ts'
import { InvalidSagaError, requireCount } from './invalid-saga-error.ts'
import { requireSagaId } from './invalid-saga-id-error.ts'
import { mismatchOf, newSaga, type SagaInputMismatch } from './new-saga.ts'
import { OutcomeWatch } from './outcome-watch.ts'
import { type AnySagaDefinition, definitionKey, type SagaDefinition } from './saga-definition.ts'
import { SagaRunRefusedError, WrongSagaError } from './saga-error.ts'
import { outcomeOf, type SagaOutcome } from './saga-outcome.ts'
import type { SagaLogEntry, SagaRecord, SagaStore } from './saga-store.ts'
import { SagaWorker } from './saga-worker.ts'
import { workerInstruments } from './worker-instruments.ts'

/** Options of {@link SagaOrchestrator}. */
export interface SagaOrchestratorOptions {
  /** Where sagas are kept. */
  readonly store: SagaStore
  /** The definitions that `run` works on; sagas of others are left alone. */
  readonly sagas: readonly AnySagaDefinition[]
  /** How many sagas are worked on at once; 16 unless told. */
  readonly concurrency?: number
  /** After how long without a sign of life another worker goes on with a saga; 5 000 unless told. */
  readonly leaseMs?: number
  /** How long to wait at most before looking for work, should no wake-up come; 1 000 unless told. */
  readonly pollMs?: number
  /** Tells when sagas are due; the machine's clock unless told. */
  readonly clock?: Clock
  /** Names the worker; UUIDv7 unless told. */
  readonly ids?: IdGenerator
  /** Spreads the rests between attempts; the machine's chance unless told. */
  readonly random?: Random
  /** Told of attempts that failed and of what the store threw; silent unless told. What it throws is ignored. */
  readonly logger?: Logger
  /** A span for each attempt, a count of ended sagas. What it throws is ignored. */
  readonly telemetry?: Telemetry
}

/** A saga that was started. */
export interface SagaHandle<Value, Fails> {
  /** Its id. */
  readonly id: string
  /**
   * Waits until it has ended, here or in another process.
   *
   * @param options - `signal` ends the waiting, not the saga
   * @returns how it ended, or that it needs a person
   * @throws the signal's reason; SagaStoreClosedError; WrongSagaError when it has another definition
   */
  outcome(options?: { readonly signal?: AbortSignal }): Promise<SagaOutcome<Value, Fails>>
}

/**
 * Takes sagas through their steps, and goes on with those that a worker left behind.
 *
 * Constructing it does nothing: `start` only stores, and may be called in processes that never `run`.
 *
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { err, failure, ok } from '@ashlar/result'
 * import { defineSaga, InMemorySagaStore, SagaOrchestrator } from '@ashlar/saga'
 *
 * const fulfilment = defineSaga<{ pence: number }>({ name: 'fulfilment', version: 1 })
 *   .step('stock', {
 *     run: async () => ok({ reservationId: 'r-1' }),
 *     compensate: async ({ output, runKey }) => console.log('release', output?.reservationId ?? runKey),
 *   })
 *   .pivot('payment', {
 *     run: async ({ input }) => (input.pence > 100 ? err(failure('Declined', 'too much')) : ok('p-1')),
 *   })
 *   .result((state) => ({ paymentId: state.payment }))
 *
 * const orchestrator = new SagaOrchestrator({ store: new InMemorySagaStore(), sagas: [fulfilment] })
 * const running = orchestrator.run({ signal: AbortSignal.timeout(10_000) })
 *
 * const saga = await orchestrator.start(fulfilment, { pence: 250 }, { id: 'order-1', context: createContext() })
 * if (saga.isOk()) console.log(await saga.value.outcome())
 * await orchestrator.close()
 * await running
 * ```
 */
export class SagaOrchestrator {
  readonly #options: SagaOrchestratorOptions
  readonly #definitions: ReadonlyMap<string, AnySagaDefinition>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #outcomes: OutcomeWatch
  #running: { readonly worker: SagaWorker; readonly done: Promise<void> } | undefined
  #isClosed = false

  /** @throws InvalidSagaError for two definitions of one name and version, and for options that can't be */
  constructor(options: SagaOrchestratorOptions) {
    requireCount('option "concurrency"', options.concurrency ?? 1)
    requireCount('option "leaseMs"', options.leaseMs ?? 1)
    requireCount('option "pollMs"', options.pollMs ?? 1)
    this.#options = options
    this.#definitions = byKey(options.sagas)
    this.#clock = options.clock ?? systemClock
    this.#logger = guardedLogger(options.logger ?? silentLogger)
    this.#outcomes = new OutcomeWatch(options.store, this.#logger)
  }

  /**
   * Stores a saga, for whoever runs next; in the context's transaction, where there is one.
   *
   * The same id again, with the same definition and the same input, is the same saga.
   *
   * @param definition - what to do
   * @param input - what the first step needs; JSON
   * @param options - `id` is the caller's, such as `order-42`, of 1 to 500 characters; `context` is rebuilt for the steps
   * @returns a handle, or `SagaInputMismatch` when the id belongs to something else
   * @throws InvalidSagaIdError; InvalidJsonError for an input that JSON can't carry; TenantMismatchError; what the store throws
   */
  async start<Input extends Json, Value, Fails>(
    definition: SagaDefinition<Input, Value, Fails>,
    input: NoInfer<Input>,
    options: { readonly id: string; readonly context: Context },
  ): Promise<Result<SagaHandle<Value, Fails>, SagaInputMismatch>> {
    const { id, context } = options
    requireSagaId(id)
    const wanted = newSaga(definition, frozenJson<Json>(input), id, context, this.#clock.now())
    const { saga, isNew } = await portOf(context, 'sagas', this.#options.store).insert(wanted, context)
    const mismatch = isNew ? undefined : mismatchOf(wanted, saga)
    return mismatch === undefined ? ok(this.handle(definition, id)) : err(mismatch)
  }

  /**
   * Makes a handle for a saga that was started elsewhere; nothing is looked up yet.
   *
   * @param definition - the one that it was started from
   * @param id - the saga's
   * @returns a handle; its `outcome` waits even for a saga that is not stored yet
   * @throws InvalidSagaIdError
   */
  handle<Value, Fails>(
    definition: SagaDefinition<never, Value, Fails>,
    id: string,
  ): SagaHandle<Value, Fails> {
    requireSagaId(id)
    return Object.freeze<SagaHandle<Value, Fails>>({
      id,
      outcome: async ({ signal } = {}) => {
        const saga = await this.#outcomes.ended(id, signal)
        const [expected, found] = [definitionKey(definition), definitionKey(saga)]
        if (expected !== found) throw new WrongSagaError(id, expected, found)
        return outcomeOf(saga, definition)
      },
    })
  }

  /**
   * Works on sagas that are due, new or left behind, until the signal is aborted.
   *
   * Steps that are under way then get the signal; their sagas are given back, the attempt uncounted. What the store
   * throws is logged and tried again.
   *
   * @param options - `signal` ends it
   * @returns when nothing is under way any more: after the abort, after `close()`, or when the store was closed
   * @throws SagaRunRefusedError while it runs, and after `close()`
   */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#isClosed) throw new SagaRunRefusedError('it was closed')
    if (this.#running !== undefined) throw new SagaRunRefusedError('it runs already')
    const worker = this.#worker()
    const done = worker.run(options.signal)
    this.#running = { worker, done }
    try {
      await done
    } finally {
      this.#running = undefined
    }
  }

  /**
   * Tells what is known of a saga.
   *
   * @param id - the saga's
   * @returns its state and its log, or undefined for an id that is not stored
   */
  async inspect(
    id: string,
  ): Promise<{ readonly saga: SagaRecord; readonly log: readonly SagaLogEntry[] } | undefined> {
    const saga = await this.#options.store.find(id)
    return saga && { saga, log: await this.#options.store.log(id) }
  }

  /**
   * Finishes the steps that are under way, gives their sagas back, and lets `run` return; for good.
   *
   * The store stays open, and handles go on waiting. Closing again does nothing.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#running?.worker.drain()
    await this.#running?.done
  }

  #worker(): SagaWorker {
    const { store, concurrency = 16, leaseMs = 5_000, pollMs = 1_000, ids = uuidv7 } = this.#options
    const { random = systemRandom, telemetry } = this.#options
    return new SagaWorker({
      store,
      definitions: this.#definitions,
      owner: ids.next(),
      concurrency,
      leaseMs,
      pollMs,
      clock: this.#clock,
      random,
      logger: this.#logger,
      instruments: workerInstruments(telemetry),
      onEnd: (saga) => this.#outcomes.tell(saga),
    })
  }
}

function byKey(sagas: readonly AnySagaDefinition[]): ReadonlyMap<string, AnySagaDefinition> {
  const definitions = new Map<string, AnySagaDefinition>()
  for (const saga of sagas) {
    const key = definitionKey(saga)
    if (definitions.has(key)) throw new InvalidSagaError(`definition ${key}`, 'listed once', 'twice')
    definitions.set(key, saga)
  }
  return definitions
}
