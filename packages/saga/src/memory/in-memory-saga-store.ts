import { type Context, frozenJson, verifyTenant, Wakeup } from '@ashlar/kernel'
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
}

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
  readonly #wakeup = new Wakeup()
  #isClosed = false

  constructor(options?: InMemorySagaStoreOptions)
  /** @internal */
  constructor(options: InMemorySagaStoreOptions, table: SagaTable)
  constructor(options: InMemorySagaStoreOptions = {}, table: SagaTable = new SagaTable()) {
    this.#tenantId = options.tenantId
    this.#table = table
  }

  /** {@inheritDoc SagaStore.insert} */
  async insert(saga: SagaRecord, context: Context): Promise<{ saga: SagaRecord; isNew: boolean }> {
    this.#refuseWhenClosed('insert')
    verifyTenant(this.#tenantId, context)
    context.signal.throwIfAborted()
    const known = this.#table.find(saga.id)
    if (known !== undefined) return { saga: known, isNew: false }
    const kept = Object.freeze({
      ...saga,
      input: frozenJson(saga.input),
      outputs: frozenJson(saga.outputs),
      cause: saga.cause && frozenJson(saga.cause),
      origin: frozenJson(saga.origin),
    })
    this.#table.put(kept)
    this.#wakeup.wake()
    return { saga: kept, isNew: true }
  }

  /** {@inheritDoc SagaStore.claim} */
  async claim({ owner, definitions, limit, now, leaseUntil }: SagaClaim): Promise<readonly SagaRecord[]> {
    this.#refuseWhenClosed('claim')
    const due: SagaRecord[] = []
    for (const saga of this.#table.due()) {
      if (due.length === limit || (saga.dueAt as number) > now) break
      if (definitions.includes(`${saga.name}@${saga.version}`)) due.push(saga)
    }
    return due.map((saga) => this.#put({ ...saga, owner, fence: saga.fence + 1, dueAt: leaseUntil }))
  }

  /** {@inheritDoc SagaStore.save} */
  async save(saga: SagaRecord, entry: Omit<SagaLogEntry, 'sequence'> | undefined): Promise<boolean> {
    this.#refuseWhenClosed('save')
    const known = this.#table.find(saga.id)
    if (known === undefined || known.fence !== saga.fence) return false
    const { id, name, version, input, origin, startedAt } = known
    const line = entry && { ...entry, payload: frozenJson(entry.payload) }
    const changed = {
      ...saga,
      outputs: frozenJson(saga.outputs),
      cause: saga.cause && frozenJson(saga.cause),
    }
    this.#put({ ...changed, id, name, version, input, origin, startedAt }, line)
    this.#wakeup.wake()
    return true
  }

  /** {@inheritDoc SagaStore.renew} */
  async renew(
    held: readonly { readonly id: string; readonly fence: number }[],
    leaseUntil: number,
  ): Promise<readonly string[]> {
    this.#refuseWhenClosed('renew')
    const lost: string[] = []
    for (const { id, fence } of held) {
      const saga = this.#table.find(id)
      if (saga === undefined || saga.fence !== fence || saga.owner === undefined) lost.push(id)
      else this.#put({ ...saga, dueAt: leaseUntil })
    }
    return lost
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
    for (const saga of this.#table.due())
      if (definitions.includes(`${saga.name}@${saga.version}`)) return saga.dueAt
    return undefined
  }

  /** {@inheritDoc SagaStore.watch} */
  async *watch(options: { readonly signal: AbortSignal }): AsyncGenerator<void, void, undefined> {
    this.#refuseWhenClosed('watch')
    yield* this.#wakeup.waits(options)
  }

  /** {@inheritDoc SagaStore.close} */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wakeup.close()
  }

  /**
   * Lays a store over this one, for one transaction; only one fork may write at a time.
   *
   * @returns the store as the transaction sees it, and its commit
   */
  fork(): SagaStoreFork {
    const table = new SagaTable(this.#table)
    const tenant = this.#tenantId === undefined ? {} : { tenantId: this.#tenantId }
    return {
      port: new InMemorySagaStore(tenant, table),
      commit: () => {
        table.merge()
        this.#wakeup.wake()
      },
    }
  }

  #put(saga: SagaRecord, line?: Omit<SagaLogEntry, 'sequence'>): SagaRecord {
    const kept = Object.freeze(saga)
    this.#table.put(kept, line)
    return kept
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#isClosed) throw new SagaStoreClosedError(operation)
  }
}
