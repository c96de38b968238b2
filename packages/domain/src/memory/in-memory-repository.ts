import {
  type Clock,
  type Context,
  frozenJson,
  type Json,
  systemClock,
  TransactionEndedError,
  Turns,
  verifyTenant,
  type WriteTurns,
} from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { type AggregateMeta, metaOfAdded, metaOfRemoved, metaOfSaved } from '../aggregate-meta.ts'
import type { AggregateRoot } from '../aggregate-root.ts'
import { markStored } from '../mark-stored.ts'
import type { AggregateMapper, RecordEvents, Repository } from '../repository.ts'
import {
  type AggregateNotFound,
  type AlreadyExists,
  aggregateNotFound,
  alreadyExists,
  type VersionConflict,
  versionConflict,
} from '../repository-failure.ts'
import { type Row, Rows } from './rows.ts'

/** Options of {@link InMemoryRepository}. */
export interface InMemoryRepositoryOptions<Aggregate extends AggregateRoot, State extends Json>
  extends AggregateMapper<Aggregate, State> {
  /** Tells when aggregates are added and changed; the machine's clock unless told. */
  readonly clock?: Clock
  /** Takes over the events of an aggregate before its change becomes visible. */
  readonly recordEvents?: RecordEvents<Aggregate['domainEvents'][number]>
  /** Whose aggregates; contexts of another tenant are refused. */
  readonly tenantId?: string
}

/** Writes that nobody else sees before they are committed; dropping it rolls them back. */
export interface RepositoryFork<Aggregate extends AggregateRoot, State extends Json> {
  /** The repository as the transaction sees it. */
  readonly port: InMemoryRepository<Aggregate, State>
  /** Makes the writes part of the repository. */
  commit(): void
  /** Makes the port refuse all work, after the commit or instead of it. */
  end(): void
}

/** What the handles of one repository have in common, and how the writes of one wait. */
type Inner<State extends Json> = { readonly rows: Rows<State>; readonly turns?: WriteTurns }

/**
 * A repository in memory: the reference for what the port means.
 *
 * @example
 * ```ts
 * import { type AggregateMeta, AggregateRoot, type DomainEvent, type Id, InMemoryRepository, newId } from '@ashlar/domain'
 * import { createContext } from '@ashlar/kernel'
 *
 * type LampState = { id: Id<'Lamp'>; isOn: boolean }
 *
 * class Lamp extends AggregateRoot<Id<'Lamp'>, DomainEvent<'LampSwitched', { isOn: boolean }>> {
 *   #isOn: boolean
 *
 *   private constructor(state: LampState, meta?: AggregateMeta) {
 *     super(state.id, meta)
 *     this.#isOn = state.isOn
 *   }
 *
 *   static create = (): Lamp => new Lamp({ id: newId(), isOn: false })
 *   static restore = (state: LampState, meta: AggregateMeta): Lamp => new Lamp(state, meta)
 *
 *   switch(): void {
 *     this.#isOn = !this.#isOn
 *     this.addDomainEvent('LampSwitched', { isOn: this.#isOn })
 *   }
 *
 *   toState(): LampState {
 *     return { id: this.id, isOn: this.#isOn }
 *   }
 * }
 *
 * const lamps = new InMemoryRepository({
 *   name: 'Lamp',
 *   toState: (lamp: Lamp) => lamp.toState(),
 *   restore: Lamp.restore,
 *   recordEvents: async (events) => console.log(events),
 * })
 *
 * const context = createContext({ userId: 'ada' })
 * const lamp = Lamp.create()
 * lamp.switch()
 * const added = await lamps.add(lamp, context)
 * const loaded = await lamps.get(lamp.id, context)
 * console.log(added.isOk(), loaded.isOk() && loaded.value.createdBy, lamp.version)
 * ```
 */
export class InMemoryRepository<Aggregate extends AggregateRoot, State extends Json>
  implements Repository<Aggregate>
{
  /** The methods that change the repository; `InMemoryStorage` lets each wait for its turn. */
  readonly writes: readonly ['add', 'save', 'remove'] = ['add', 'save', 'remove']
  readonly #options: InMemoryRepositoryOptions<Aggregate, State>
  readonly #clock: Clock
  readonly #rows: Rows<State>
  readonly #turns = new Turns()
  readonly #storageTurns: WriteTurns | undefined
  #hasEnded = false

  constructor(options: InMemoryRepositoryOptions<Aggregate, State>)
  /** @internal */
  constructor(options: InMemoryRepositoryOptions<Aggregate, State>, inner: Inner<State>)
  constructor(
    options: InMemoryRepositoryOptions<Aggregate, State>,
    { rows, turns }: Inner<State> = { rows: new Rows<State>() },
  ) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#rows = rows
    this.#storageTurns = turns
  }

  /** {@inheritDoc Repository.get} */
  async get(id: Aggregate['id'], context: Context): Promise<Result<Aggregate, AggregateNotFound>> {
    this.#admit('get', context)
    const row = this.#find(id)
    return row.map(({ state, meta }) => this.#options.restore(state, meta))
  }

  /**
   * Hands out every aggregate as it is at the call, for a reader in memory that filters, sorts and pages by itself: the
   * reference model of one that asks a database. It waits for no write that is under way.
   *
   * No part of the port: a repository on a database is asked by criteria, and never for all that it has.
   *
   * @param context - of the call; its tenant must be the repository's
   * @param options - `includeDeleted` hands out those that were removed, too
   * @returns new instances, in no order to rely on
   * @throws TenantMismatchError; TransactionEndedError after the transaction; StoreClosedError when the storage was closed; the
   * signal's reason when it is aborted
   * @example
   * ```ts
   * import { AggregateRoot, type Id, InMemoryRepository, newId } from '@ashlar/domain'
   * import { createContext } from '@ashlar/kernel'
   *
   * class Door extends AggregateRoot<Id<'Door'>> {}
   *
   * const doors = new InMemoryRepository({
   *   name: 'Door',
   *   toState: ({ id }: Door) => ({ id }),
   *   restore: ({ id }, meta) => new Door(id, meta),
   * })
   * const added = await doors.add(new Door(newId()), createContext())
   * console.log(added.isOk(), [...doors.aggregates(createContext())].length)
   * ```
   */
  aggregates(
    context: Context,
    { includeDeleted = false }: { readonly includeDeleted?: boolean } = {},
  ): readonly Aggregate[] {
    this.#admit('aggregates', context)
    const rows = [...this.#rows.all().values()]
    const wanted = includeDeleted ? rows : rows.filter(({ meta }) => !meta.isDeleted)
    return wanted.map(({ state, meta }) => this.#options.restore(state, meta))
  }

  /** {@inheritDoc Repository.add} */
  async add(aggregate: Aggregate, context: Context): Promise<Result<void, AlreadyExists>> {
    return this.#write('add', aggregate, context, () =>
      this.#rows.get(aggregate.id) === undefined
        ? ok(metaOfAdded(context, this.#clock))
        : err(alreadyExists(this.#options.name, aggregate.id)),
    )
  }

  /** {@inheritDoc Repository.save} */
  async save(
    aggregate: Aggregate,
    context: Context,
  ): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#write('save', aggregate, context, (version) =>
      this.#findAt(aggregate.id, version).map(({ meta }) => metaOfSaved(meta, context, this.#clock)),
    )
  }

  /** {@inheritDoc Repository.remove} */
  async remove(
    aggregate: Aggregate,
    context: Context,
  ): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#write('remove', aggregate, context, (version) =>
      this.#findAt(aggregate.id, version).map(({ meta }) => metaOfRemoved(meta, context, this.#clock)),
    )
  }

  /**
   * Lays a repository over this one, for one transaction; only one fork may write at a time.
   *
   * A write through the fork's port moves the version of the aggregate on and clears its events at once, since the transaction
   * goes on with it; after a rollback, load it again.
   *
   * @returns the repository as the transaction sees it, and its commit
   */
  fork(): RepositoryFork<Aggregate, State> {
    const rows = new Rows<State>(this.#rows)
    const port = new InMemoryRepository(this.#options, { rows })
    return {
      port,
      commit: () => {
        port.#hasEnded = true
        rows.merge()
      },
      end: () => {
        port.#hasEnded = true
      },
    }
  }

  /**
   * Gives a handle on this repository whose writes wait for their turn.
   *
   * @param turns - of the storage that the repository belongs to
   * @returns a repository of the same aggregates
   */
  takingTurns(turns: WriteTurns): InMemoryRepository<Aggregate, State> {
    return new InMemoryRepository(this.#options, { rows: this.#rows, turns })
  }

  /** State, version and events are taken at the call, so that what the caller does afterwards is no part of it. */
  async #write<Fails>(
    operation: string,
    aggregate: Aggregate,
    context: Context,
    decide: (version: number) => Result<AggregateMeta, Fails>,
  ): Promise<Result<void, Fails>> {
    this.#storageTurns?.admit(operation)
    this.#admit(operation, context)
    const { id, version } = aggregate
    const events: Aggregate['domainEvents'] = aggregate.domainEvents
    const state = frozenJson(this.#options.toState(aggregate))

    const write = async (): Promise<Result<void, Fails>> => {
      if (this.#hasEnded) throw new TransactionEndedError(operation)
      const meta = decide(version)
      if (meta.isErr()) return err(meta.error)
      if (events.length > 0) await this.#options.recordEvents?.(events, context)
      this.#rows.set(id, { state, meta: meta.value })
      markStored(aggregate, meta.value, events)
      return ok()
    }
    const writeInTurn = () => this.#turns.take(id, write, context.signal)
    return this.#storageTurns?.take(operation, writeInTurn, context.signal) ?? writeInTurn()
  }

  #findAt(id: string, version: number): Result<Row<State>, VersionConflict | AggregateNotFound> {
    return this.#find(id).andThen((row) =>
      row.meta.version === version
        ? ok(row)
        : err(versionConflict(this.#options.name, id, { expected: version, actual: row.meta.version })),
    )
  }

  #find(id: string): Result<Row<State>, AggregateNotFound> {
    const row = this.#rows.get(id)
    return row === undefined || row.meta.isDeleted ? err(aggregateNotFound(this.#options.name, id)) : ok(row)
  }

  #admit(operation: string, context: Context): void {
    if (this.#hasEnded) throw new TransactionEndedError(operation)
    this.#storageTurns?.refuseWhenClosed(operation)
    verifyTenant(this.#options.tenantId, context)
    context.signal.throwIfAborted()
  }
}
