import { type Context, verifyTenant, Wakeup } from '@ashlar/kernel'
import {
  requireMoment,
  type SagaClaim,
  type SagaLogEntry,
  type SagaRecord,
  type SagaStore,
  SagaStoreClosedError,
} from '@ashlar/saga'
import type { Connection } from '../file/connection.ts'
import type { Lane } from '../file/lane.ts'
import { jsonText, logColumns, sagaLogEntry, sagaTexts } from './saga-row.ts'
import { claimSagas, findSaga, insertSaga, nextDueSaga, renewSagas, saveSaga } from './write-sagas.ts'

/** The saga store of one tenant, or of none, in a file. */
export class SqliteSagaStore implements SagaStore {
  readonly #lane: Lane
  readonly #tenantId: string | undefined
  readonly #tenant: string
  readonly #watching = new Set<Wakeup>()
  #isClosed = false

  constructor(lane: Lane, tenantId: string | undefined) {
    this.#lane = lane
    this.#tenantId = tenantId
    this.#tenant = tenantId ?? ''
  }

  async insert(
    saga: SagaRecord,
    context: Context,
  ): Promise<{ readonly saga: SagaRecord; readonly isNew: boolean }> {
    this.#admitWrite('insert')
    verifyTenant(this.#tenantId, context)
    context.signal.throwIfAborted()
    requireMoment(`dueAt of saga "${saga.id}"`, saga.dueAt)
    const kept = { ...saga }
    const texts = sagaTexts(saga)
    return this.#lane.write((file) => {
      const inserted = insertSaga(file, this.#tenant, kept, texts)
      if (inserted.isNew) this.#lane.file.sagas.touch()
      return inserted
    }, context.signal)
  }

  async claim(claim: SagaClaim): Promise<readonly SagaRecord[]> {
    this.#admitWrite('claim')
    requireMoment('leaseUntil of a claim', claim.leaseUntil)
    const kept = { ...claim, definitions: [...claim.definitions] }
    return this.#lane.write((file) => claimSagas(file, this.#tenant, kept))
  }

  async save(saga: SagaRecord, entry: Omit<SagaLogEntry, 'sequence'> | undefined): Promise<boolean> {
    this.#admitWrite('save')
    requireMoment(`dueAt of saga "${saga.id}"`, saga.dueAt)
    const kept = { ...saga }
    const texts = sagaTexts(saga)
    const line = entry && { ...entry, payload: jsonText(entry.payload) }
    return this.#lane.write((file) => {
      const isSaved = saveSaga(file, this.#tenant, kept, texts, line)
      if (isSaved) this.#lane.file.sagas.touch()
      return isSaved
    })
  }

  async renew(
    held: readonly { readonly id: string; readonly fence: number }[],
    leaseUntil: number,
  ): Promise<readonly string[]> {
    this.#admitWrite('renew')
    requireMoment('leaseUntil of a renewal', leaseUntil)
    const kept = held.map(({ id, fence }) => ({ id, fence }))
    return this.#lane.write((file) => renewSagas(file, this.#tenant, kept, leaseUntil))
  }

  find(id: string): Promise<SagaRecord | undefined> {
    return this.#read('find', (file) => findSaga(file, this.#tenant, id))
  }

  log(id: string): Promise<readonly SagaLogEntry[]> {
    return this.#read('log', (file) => {
      const key = file.row('select key from sagas where tenant = ? and id = ?', this.#tenant, id)?.[0]
      if (key === undefined) return []
      const lines = file.rows(`select ${logColumns} from saga_log where saga_key = ? order by sequence`, key)
      return Object.freeze(lines.map(sagaLogEntry))
    })
  }

  nextDue(definitions: readonly string[]): Promise<number | undefined> {
    return this.#read('nextDue', (file) => nextDueSaga(file, this.#tenant, definitions))
  }

  async *watch(options: { readonly signal: AbortSignal }): AsyncGenerator<void, void, undefined> {
    this.#refuseWhenClosed('watch')
    const wakeup = new Wakeup()
    this.#watching.add(wakeup)
    try {
      yield* this.#lane.file.sagas.follow(wakeup, options)
    } finally {
      this.#watching.delete(wakeup)
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed || this.#lane.isClosed) return
    this.#lane.admitWrite('close')
    this.#isClosed = true
    this.release()
    await this.#lane.idle()
  }

  /** Lets those who watch go. */
  release(): void {
    for (const wakeup of this.#watching) wakeup.close()
  }

  async #read<T>(operation: string, work: (file: Connection) => T): Promise<T> {
    return this.#lane.read((file) => {
      this.#refuseWhenClosed(operation)
      return work(file)
    })
  }

  #admitWrite(operation: string): void {
    this.#refuseWhenClosed(operation)
    this.#lane.admitWrite(operation)
  }

  #refuseWhenClosed(operation: string): void {
    this.#lane.admit(operation)
    if (this.#isClosed || this.#lane.isClosed) throw new SagaStoreClosedError(operation)
  }
}
