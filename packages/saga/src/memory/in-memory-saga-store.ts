import {
  type Context,
  frozenJson,
  TransactionEndedError,
  verifyTenant,
  Wakeup,
  type WriteTurns,
} from '@ashlar/kernel'
import { requireMoment } from '../require-moment.ts'
import type { SagaClaim, SagaLogEntry, SagaRecord, SagaStore } from '../saga-store.ts'
import { SagaStoreClosedError } from '../saga-store-error.ts'
import { SagaTable } from './saga-table.ts'

/** Options of {@link InMemorySagaStore}. */
export interface InMemorySagaStoreOptions {
  /** Whose sagas; contexts of another tenant are refused. */
  readonly tenantId?: string
}

/** Writes that nobody else sees before they are committed; dropping it rolls them back. */
export interface SagaStoreFork {
  /** The store as the transaction sees it. */
  readonly port: SagaStore
  /** Makes the writes part of the store. */
  commit(): void
  /** Makes the port refuse all work, after the commit or instead of it, and lets those who watch it go. */
  end(): void
}

/** What the handles of one store have in common, and how the writes of one wait. */
type Inner = { readonly table: SagaTable; readonly wakeup: Wakeup; readonly turns?: WriteTurns }

/**
 * A saga store in memory: the reference for what the port means.
 *
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { ok } from '@ashlar/result'
 * import { defineSaga, InMemorySagaStore, SagaOrchestrator } from '@ashlar/saga'
 *
 * const greeting = defineSaga<string>({ name: 'greeting', version: 1 })
 *   .pivot('greet', { run: async ({ state }) => ok(`hello ${state.input}`) })
 *   .result((state) => state.greet)
 * const store = new InMemorySagaStore()
 * const orchestrator = new SagaOrchestrator({ store, sagas: [greeting] })
 * const started = await orchestrator.start(greeting, 'Ada', { id: 'greeting-1', context: createContext() })
 * console.log(started.isOk(), (await store.find('greeting-1'))?.status)
 * ```
 */
export class InMemorySagaStore implements SagaStore {
  /** The methods that change the store; `InMemoryStorage` lets each wait for its turn. */
  readonly writes: readonly ['insert', 'claim', 'save', 'renew'] = ['insert', 'claim', 'save', 'renew']
  readonly #tenantId: string | undefined
  readonly #table: SagaTable
  readonly #wakeup: Wakeup
  readonly #turns: WriteTurns | undefined
  #isClosed = false
  #hasEnded = false

  constructor(options?: InMemorySagaStoreOptions)
  /** @internal */
  constructor(options: InMemorySagaStoreOptions, inner: Inner)
  constructor(
    options: InMemorySagaStoreOptions = {},
    { table, wakeup, turns }: Inner = { table: new SagaTable(), wakeup: new Wakeup() },
  ) {
    this.#tenantId = options.tenantId
    this.#table = table
    this.#wakeup = wakeup
    this.#turns = turns
  }

  /** {@inheritDoc SagaStore.insert} */
  async insert(saga: SagaRecord, context: Context): Promise<{ saga: SagaRecord; isNew: boolean }> {
    this.#admitWrite('insert')
    verifyTenant(this.#tenantId, context)
    context.signal.throwIfAborted()
    requireMoment(`dueAt of saga "${saga.id}"`, saga.dueAt)
    const kept = Object.freeze({
      ...saga,
      input: frozenJson(saga.input),
      outputs: frozenJson(saga.outputs),
      cause: saga.cause && frozenJson(saga.cause),
      origin: frozenJson(saga.origin),
    })
    const insert = () => {
      const known = this.#table.find(kept.id)
      if (known !== undefined) return { saga: known, isNew: false }
      this.#table.put(kept)
      this.#wakeup.wake()
      return { saga: kept, isNew: true }
    }
    return this.#inTurn('insert', insert, context.signal)
  }

  /** {@inheritDoc SagaStore.claim} */
  async claim(claim: SagaClaim): Promise<readonly SagaRecord[]> {
    this.#admitWrite('claim')
    const { owner, limit, now, leaseUntil } = claim
    requireMoment('leaseUntil of a claim', leaseUntil)
    const definitions = [...claim.definitions]
    return this.#inTurn('claim', () => {
      const due = this.#table.dueUntil(now, definitions, limit)
      return due.map((saga) => this.#put({ ...saga, owner, fence: saga.fence + 1, dueAt: leaseUntil }))
    })
  }

  /** {@inheritDoc SagaStore.save} */
  async save(saga: SagaRecord, entry: Omit<SagaLogEntry, 'sequence'> | undefined): Promise<boolean> {
    this.#admitWrite('save')
    requireMoment(`dueAt of saga "${saga.id}"`, saga.dueAt)
    const line = entry && { ...entry, payload: frozenJson(entry.payload) }
    const changed = {
      ...saga,
      outputs: frozenJson(saga.outputs),
      cause: saga.cause && frozenJson(saga.cause),
    }
    return this.#inTurn('save', () => {
      const known = this.#table.find(changed.id)
      if (known === undefined || known.fence !== changed.fence) return false
      const { id, name, version, input, origin, startedAt } = known
      this.#put({ ...changed, id, name, version, input, origin, startedAt }, line)
      this.#wakeup.wake()
      return true
    })
  }

  /** {@inheritDoc SagaStore.renew} */
  async renew(
    held: readonly { readonly id: string; readonly fence: number }[],
    leaseUntil: number,
  ): Promise<readonly string[]> {
    this.#admitWrite('renew')
    requireMoment('leaseUntil of a renewal', leaseUntil)
    const leases = held.map(({ id, fence }) => ({ id, fence }))
    return this.#inTurn('renew', () => {
      const lost: string[] = []
      for (const { id, fence } of leases) {
        const saga = this.#table.find(id)
        if (saga === undefined || saga.fence !== fence || saga.owner === undefined) lost.push(id)
        else this.#put({ ...saga, dueAt: leaseUntil })
      }
      return lost
    })
  }

  /** {@inheritDoc SagaStore.find} */
  async find(id: string): Promise<SagaRecord | undefined> {
    this.#refuseWhenClosed('find')
    return this.#table.find(id)
  }

  /** {@inheritDoc SagaStore.log} */
  async log(id: string): Promise<readonly SagaLogEntry[]> {
    this.#refuseWhenClosed('log')
    return this.#table.log(id)
  }

  /** {@inheritDoc SagaStore.nextDue} */
  async nextDue(definitions: readonly string[]): Promise<number | undefined> {
    this.#refuseWhenClosed('nextDue')
    return this.#table.nextDue(definitions)
  }

  /** {@inheritDoc SagaStore.watch} */
  async *watch(options: { readonly signal: AbortSignal }): AsyncGenerator<void, void, undefined> {
    this.#refuseWhenClosed('watch')
    for await (const _ of this.#wakeup.waits(options)) {
      if (this.#isOver) return
      yield
    }
  }

  /** {@inheritDoc SagaStore.close} */
  async close(): Promise<void> {
    if (this.#isOver) return
    if (this.#turns === undefined) {
      this.#isClosed = true
      this.#wakeup.close()
      return
    }
    this.#turns.admit('close')
    this.#isClosed = true
    this.#wakeup.wake()
    await this.#turns.idle('close')
  }

  /**
   * Gives a handle on this store whose writes wait for their turn; closing it closes nothing else.
   *
   * @param turns - of the storage that the store belongs to
   * @returns a store of the same sagas
   */
  takingTurns(turns: WriteTurns): SagaStore {
    return new InMemorySagaStore(this.#options(), { table: this.#table, wakeup: this.#wakeup, turns })
  }

  /**
   * Lays a store over this one, for one transaction; only one fork may write at a time.
   *
   * @returns the store as the transaction sees it, and its commit
   */
  fork(): SagaStoreFork {
    const table = new SagaTable(this.#table)
    const wakeup = new Wakeup()
    const port = new InMemorySagaStore(this.#options(), { table, wakeup })
    return {
      port,
      commit: () => {
        table.merge()
        this.#wakeup.wake()
      },
      end: () => {
        port.#hasEnded = true
        wakeup.close()
      },
    }
  }

  #options(): InMemorySagaStoreOptions {
    return this.#tenantId === undefined ? {} : { tenantId: this.#tenantId }
  }

  async #inTurn<T>(operation: string, work: () => T, signal?: AbortSignal): Promise<T> {
    return this.#turns === undefined ? work() : this.#turns.take(operation, async () => work(), signal)
  }

  #put(saga: SagaRecord, line?: Omit<SagaLogEntry, 'sequence'>): SagaRecord {
    const kept = Object.freeze(saga)
    this.#table.put(kept, line)
    return kept
  }

  #admitWrite(operation: string): void {
    this.#refuseWhenClosed(operation)
    this.#turns?.admit(operation)
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#hasEnded) throw new TransactionEndedError(operation)
    if (this.#isOver) throw new SagaStoreClosedError(operation)
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#turns?.isClosed === true
  }
}
