import { type EventStore, InMemoryEventStore, StoreClosedError } from '@ashlar/event-store'
import {
  type Clock,
  type IdGenerator,
  TransactionEndedError,
  type TransactionOptions,
  type UnitOfWork,
} from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import { InMemorySagaStore, type SagaStore } from '@ashlar/saga'
import type { Fork, Forkable } from './forkable.ts'
import { Turns } from './turns.ts'

/** Ports of an application's own that share the storage's transactions, by name. */
export type InMemoryPorts = { readonly [name: string]: Forkable }

/** Options of {@link InMemoryStorage}. */
export interface InMemoryStorageOptions<Ports extends InMemoryPorts> {
  /** Tells when things were recorded; the machine's clock unless told. */
  readonly clock?: Clock
  /** Names events that come without an id; UUIDv7 unless told. */
  readonly ids?: IdGenerator
  /** Makes an application's own ports, once for each tenant. */
  readonly ports?: (tenantId: string | undefined) => Ports
}

/** The ports of one transaction; the application's own stand beside the storage's. */
export type InMemoryTransaction<Ports extends InMemoryPorts = InMemoryPorts> = {
  /** The event store within the transaction. */
  readonly events: EventStore
  /** The saga store within the transaction. */
  readonly sagas: SagaStore
} & { readonly [Name in keyof Ports]: Ports[Name] extends Forkable<infer Port> ? Port : never }

type Tenant = {
  readonly forkables: ReadonlyMap<string, Forkable>
  readonly ports: ReadonlyMap<string, object>
}

/** What the storages of all tenants have in common. */
type Shared = {
  readonly turns: Turns
  readonly tenants: Map<string | undefined, Tenant>
  isClosed: boolean
}

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
  #isClosed = false

  /** @param options - clock, ids and an application's own ports; all may be left out */
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
  }

  /** The event store, outside of transactions. */
  get events(): EventStore {
    return this.port('events') as EventStore
  }

  /** The saga store, outside of transactions. */
  get sagas(): SagaStore {
    return this.port('sagas') as SagaStore
  }

  /**
   * One of the application's own ports, outside of transactions.
   *
   * @param name - as `options.ports` spells it
   * @returns the port, whose writes wait for their turn
   * @throws TypeError when there is no port of that name; StoreClosedError after `close()` of a tenant's storage
   */
  port<Name extends keyof InMemoryTransaction<Ports> & string>(name: Name): InMemoryTransaction<Ports>[Name] {
    if (this.#isClosed) throw new StoreClosedError(name)
    const port = this.#tenant.ports.get(name)
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
   * @param tenantId - whose
   * @returns a storage that takes turns with this one
   * @throws StoreClosedError after `close()`
   */
  forTenant(tenantId: string): InMemoryStorage<Ports> {
    this.#refuseWhenClosed('forTenant')
    return new InMemoryStorage(this.#options, tenantId, this.#shared)
  }

  /**
   * Waits for what is under way, then refuses all else, of all tenants; closing again does nothing.
   *
   * A tenant's storage closes nothing but itself.
   * @throws NestedTransactionError inside of a transaction, which it would wait for
   */
  async close(): Promise<void> {
    const underWay = this.#shared.turns.idle('close')
    if (this.#tenantId === undefined) this.#shared.isClosed = true
    else this.#isClosed = true
    await underWay
    if (this.#tenantId !== undefined) return
    for (const { forkables } of this.#shared.tenants.values())
      for (const forkable of forkables.values()) if (isClosable(forkable)) await forkable.close()
  }

  async #commitOrDrop<Value, Fails>(
    work: (tx: InMemoryTransaction<Ports>) => Promise<Result<Value, Fails>>,
  ): Promise<Result<Value, Fails>> {
    const forks: Fork<object>[] = []
    const ended = { isEnded: false }
    const tx: Record<string, object> = Object.create(null)
    for (const [name, forkable] of this.#tenant.forkables) {
      const fork = forkable.fork()
      forks.push(fork)
      tx[name] = endable(name, fork.port, forkable.writes, ended)
    }
    try {
      const result = await work(Object.freeze(tx) as InMemoryTransaction<Ports>)
      if (result.isOk()) for (const fork of forks) fork.commit()
      return result
    } finally {
      ended.isEnded = true
    }
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
    const forkables = new Map<string, Forkable>([
      ['events', new InMemoryEventStore(options)],
      ['sagas', new InMemorySagaStore(options)],
      ...Object.entries(ports?.(tenantId) ?? {}),
    ])
    const outer = [...forkables].map(
      ([name, forkable]) => [name, takingTurns(name, forkable, this.#shared.turns)] as const,
    )
    return { forkables, ports: new Map(outer) }
  }
}

type Method = (...parameters: unknown[]) => Promise<unknown>

/** A port whose writes wait until no transaction is under way. */
function takingTurns(name: string, port: Forkable, turns: Turns): object {
  return overriding(
    port,
    port.writes,
    (method, call) =>
      (...parameters) =>
        turns.take(`${name}.${method}`, () => call(...parameters)),
  )
}

/** A port of a transaction, whose writes are refused once the transaction has ended. */
function endable(
  name: string,
  port: object,
  writes: readonly string[],
  ended: { readonly isEnded: boolean },
): object {
  return overriding(port, writes, (method, call) => async (...parameters) => {
    if (ended.isEnded) throw new TransactionEndedError(`${name}.${method}`)
    return call(...parameters)
  })
}

function overriding(
  port: object,
  methods: readonly string[],
  override: (method: string, call: Method) => Method,
): object {
  const overridden = new Map<PropertyKey, Method>(
    methods.map((method) => [
      method,
      override(method, (...parameters) => Reflect.get(port, method).apply(port, parameters)),
    ]),
  )
  return new Proxy(port, {
    get(target, name) {
      const own = overridden.get(name)
      if (own !== undefined) return own
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function isClosable(port: object): port is { close(): Promise<void> } {
  return typeof Reflect.get(port, 'close') === 'function'
}
