import { type EventStore, InMemoryEventStore, StoreClosedError } from '@ashlar/event-store'
import { requireTenantId } from '@ashlar/event-store/adapter'
import {
  type Clock,
  type IdGenerator,
  TransactionEndedError,
  type TransactionOptions,
  type UnitOfWork,
  type WriteTurns,
} from '@ashlar/kernel'
import { type IdempotencyStore, InMemoryIdempotencyStore } from '@ashlar/mediator'
import type { Result } from '@ashlar/result'
import { InMemorySagaStore, type SagaStore } from '@ashlar/saga'
import type { Fork, Forkable } from './forkable.ts'
import { refusable, waiting } from './guarded.ts'
import { Turns } from './turns.ts'

/** Ports of an application's own that share the storage's transactions, by name. */
export type InMemoryPorts = { readonly [name: string]: Forkable }

/** Options of {@link InMemoryStorage}. */
export interface InMemoryStorageOptions<Ports extends InMemoryPorts> {
  /** Tells when things were recorded; the machine's clock unless told. */
  readonly clock?: Clock
  /** Names events that come without an id; UUIDv7 unless told. */
  readonly ids?: IdGenerator
  /** Makes an application's own ports, once for each tenant; none may be named as one of the storage's, or `connection`. */
  readonly ports?: (tenantId: string | undefined) => Ports
}

/** The ports of one transaction; the application's own stand beside the storage's. */
export type InMemoryTransaction<Ports extends InMemoryPorts = InMemoryPorts> = {
  /** The event store within the transaction. */
  readonly events: EventStore
  /** The saga store within the transaction. */
  readonly sagas: SagaStore
  /** Keys and responses of idempotent commands within the transaction. */
  readonly idempotency: IdempotencyStore
} & { readonly [Name in keyof Ports]: Ports[Name] extends Forkable<infer Port> ? Port : never }

/** The application's own come first, so that one whose commit throws, which it must not, leaves the others unchanged. */
type Tenant = ReadonlyMap<string, Forkable>

/** What the storages of all tenants have in common. */
type Shared = {
  readonly turns: Turns
  readonly tenants: Map<string | undefined, Tenant>
  isClosed: boolean
}

const reserved: readonly string[] = ['events', 'sagas', 'idempotency', 'connection']

/**
 * All storage ports in memory: transactions run one at a time, others see their writes only after the commit, and Err or
 * throw rolls every port back.
 *
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { InMemoryStorage } from '@ashlar/memory'
 * import { err, failure } from '@ashlar/result'
 *
 * const storage = new InMemoryStorage()
 * const opened = { stream: 'cart-42', expected: 'none', events: [{ type: 'CartOpened', data: {} }] } as const
 * const result = await storage.transaction(async (tx) => {
 *   const appended = await tx.events.append(opened, createContext())
 *   return appended.andThen(() => err(failure('NotToday', 'we are closed')))
 * })
 * console.log(result.isErr(), await storage.events.streamInfo('cart-42'))
 * ```
 */
export class InMemoryStorage<Ports extends InMemoryPorts = Record<never, Forkable>>
  implements UnitOfWork<InMemoryTransaction<Ports>>
{
  readonly #options: InMemoryStorageOptions<Ports>
  readonly #shared: Shared
  readonly #tenantId: string | undefined
  readonly #tenant: Tenant
  readonly #ports: ReadonlyMap<string, object>
  #isClosed = false

  /**
   * @param options - clock, ids and an application's own ports; all may be left out
   * @throws TypeError when one of the application's own ports has the name of one of the storage's
   */
  constructor(options?: InMemoryStorageOptions<Ports>)
  /** @internal */
  constructor(options: InMemoryStorageOptions<Ports>, tenantId: string, shared: Shared)
  constructor(
    options: InMemoryStorageOptions<Ports> = {},
    tenantId?: string,
    shared: Shared = { turns: new Turns(), tenants: new Map(), isClosed: false },
  ) {
    this.#options = options
    this.#shared = shared
    this.#tenantId = tenantId
    this.#tenant = shared.tenants.get(tenantId) ?? this.#openTenant(tenantId)
    shared.tenants.set(tenantId, this.#tenant)
    this.#ports = new Map([...this.#tenant].map(([name, port]) => [name, this.#outer(name, port)]))
  }

  /** The event store, outside of transactions. */
  get events(): EventStore {
    return this.port('events') as EventStore
  }

  /** The saga store, outside of transactions. */
  get sagas(): SagaStore {
    return this.port('sagas') as SagaStore
  }

  /** Keys and responses of idempotent commands, outside of transactions. */
  get idempotency(): IdempotencyStore {
    return this.port('idempotency') as IdempotencyStore
  }

  /**
   * One of the application's own ports, outside of transactions.
   *
   * @param name - as `options.ports` spells it
   * @returns the port, whose writes wait for their turn
   * @throws TypeError when there is no port of that name
   */
  port<Name extends keyof InMemoryTransaction<Ports> & string>(name: Name): InMemoryTransaction<Ports>[Name] {
    const port = this.#ports.get(name)
    if (port === undefined) throw new TypeError(`this storage has no port "${name}"`)
    return port as InMemoryTransaction<Ports>[Name]
  }

  /**
   * Runs work whose writes to all ports are committed together or not at all.
   *
   * @param work - gets the ports of this one transaction; they refuse all work after it has ended
   * @param options - `signal` gives up waiting for the turn
   * @returns what the work returned; Err has rolled back
   * @throws what the work threw, after rolling back; NestedTransactionError inside of a transaction; StoreClosedError
   * after `close()`; the signal's reason
   */
  async transaction<Value, Fails>(
    work: (tx: InMemoryTransaction<Ports>) => Promise<Result<Value, Fails>>,
    options: TransactionOptions = {},
  ): Promise<Result<Value, Fails>> {
    const { turns } = this.#shared
    this.#refuseWhenClosed('transaction')
    return turns.take('transaction', () => turns.mark(() => this.#commitOrDrop(work)), options.signal)
  }

  /**
   * The same ports for one tenant; contexts of others are refused.
   *
   * @param tenantId - whose; 1 character or more
   * @returns a storage that takes turns with this one
   * @throws StoreClosedError after `close()`; InvalidNameError for what can be no tenant's id
   */
  forTenant(tenantId: string): InMemoryStorage<Ports> {
    this.#refuseWhenClosed('forTenant')
    requireTenantId(tenantId)
    return new InMemoryStorage(this.#options, tenantId, this.#shared)
  }

  /**
   * Refuses all that comes from now on, of all tenants, and waits for what is under way; closing again does nothing.
   *
   * A tenant's storage closes nothing but itself: its own ports, and those who watch through them.
   *
   * @throws NestedTransactionError inside of a transaction, which it would wait for
   */
  async close(): Promise<void> {
    const underWay = this.#shared.turns.idle('close')
    if (this.#tenantId !== undefined) {
      const closing = [this.events.close(), this.sagas.close()]
      this.#isClosed = true
      await Promise.all(closing)
      return
    }
    this.#shared.isClosed = true
    await underWay
    for (const tenant of this.#shared.tenants.values())
      for (const port of tenant.values()) if (isClosable(port)) await port.close()
  }

  async #commitOrDrop<Value, Fails>(
    work: (tx: InMemoryTransaction<Ports>) => Promise<Result<Value, Fails>>,
  ): Promise<Result<Value, Fails>> {
    const forks: Fork<object>[] = []
    const mark = { hasEnded: false }
    const tx: Record<string, object> = Object.create(null)
    for (const [name, forkable] of this.#tenant) {
      const fork = forkable.fork()
      forks.push(fork)
      tx[name] = fork.end === undefined ? endable(name, fork.port, forkable.writes, mark) : fork.port
    }
    try {
      const result = await work(Object.freeze(tx) as InMemoryTransaction<Ports>)
      if (result.isOk()) for (const fork of forks) fork.commit()
      return result
    } finally {
      mark.hasEnded = true
      for (const fork of forks) fork.end?.()
    }
  }

  /** A port as it is seen through this storage, outside of transactions. */
  #outer(name: string, port: Forkable): object {
    const { turns } = this.#shared
    const isClosed = () => this.#isClosed || this.#shared.isClosed
    const refuseWhenClosed = (operation: string) => this.#refuseWhenClosed(`${name}.${operation}`)
    const own: WriteTurns = {
      get isClosed() {
        return isClosed()
      },
      refuseWhenClosed,
      admit: (operation) => turns.refuseInside(`${name}.${operation}`),
      // an application's own port may call other ports while it writes, which would wait for this very turn
      take: (operation, work, signal) =>
        turns.take(`${name}.${operation}`, reserved.includes(name) ? work : () => turns.mark(work), signal),
      idle: (operation) => turns.idle(`${name}.${operation}`),
    }
    if (port.takingTurns !== undefined) return port.takingTurns(own)
    return refusable(waiting(port, port.writes, own), port.writes, (operation) => {
      if (operation !== 'close') refuseWhenClosed(operation)
    })
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#isClosed || this.#shared.isClosed) throw new StoreClosedError(operation)
  }

  #openTenant(tenantId: string | undefined): Tenant {
    const { clock, ids, ports } = this.#options
    const options = {
      ...(clock !== undefined && { clock }),
      ...(ids !== undefined && { ids }),
      ...(tenantId !== undefined && { tenantId }),
    }
    const own = Object.entries(ports?.(tenantId) ?? {})
    for (const [name] of own)
      if (reserved.includes(name)) throw new TypeError(`a port of one's own can't be named "${name}"`)
    return new Map<string, Forkable>([
      ...own,
      ['events', new InMemoryEventStore(options)],
      ['sagas', new InMemorySagaStore(options)],
      ['idempotency', new InMemoryIdempotencyStore(options)],
    ])
  }
}

/** A port of a transaction that is refused once the transaction has ended. */
function endable(
  name: string,
  port: object,
  writes: readonly string[],
  mark: { readonly hasEnded: boolean },
): object {
  return refusable(port, writes, (operation) => {
    if (mark.hasEnded) throw new TransactionEndedError(`${name}.${operation}`)
  })
}

function isClosable(port: object): port is { close(): Promise<void> } {
  return typeof Reflect.get(port, 'close') === 'function'
}
