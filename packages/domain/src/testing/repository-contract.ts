import { type Clock, type Context, createContext, type Json } from '@ashlar/kernel'
import { type FixedClock, fixedClock } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { AggregateRoot } from '../aggregate-root.ts'
import type { DomainEvent } from '../domain-event.ts'
import type { RecordEvents, Repository } from '../repository.ts'

/** A repository under test, and how to deal with its aggregates. */
export interface RepositoryProbe<Aggregate extends AggregateRoot> {
  /** Empty. */
  readonly repository: Repository<Aggregate>
  /** A new aggregate with a new id, and at least one event. */
  newAggregate(): Aggregate
  /** Changes the aggregate's state, and raises at least one event. */
  change(aggregate: Aggregate): void
  /** All of the aggregate's state, for comparing. */
  stateOf(aggregate: Aggregate): Json
  /** Lets go of what the repository holds. */
  close?(): Promise<void>
}

/** What the contract hands to the repository under test. */
export interface RepositoryProbeOptions {
  /** Stands still unless the contract moves it. */
  readonly clock: Clock
  /** Notes what it was given, or throws when the contract wants it. */
  readonly recordEvents: RecordEvents
}

/**
 * The promises of {@link Repository}, as a vitest suite that every adapter runs.
 *
 * @param name - of the adapter
 * @param open - makes an empty repository with the clock and the `recordEvents` that it is given
 * @example
 * ```ts
 * import { AggregateRoot, type DomainEvent, type Id, InMemoryRepository, newId } from '@ashlar/domain'
 * import type { repositoryContract } from '@ashlar/domain/testing'
 *
 * class Door extends AggregateRoot<Id<'Door'>, DomainEvent<'DoorUsed', { times: number }>> {
 *   times = 0
 *
 *   use(): void {
 *     this.times++
 *     this.addDomainEvent('DoorUsed', { times: this.times })
 *   }
 * }
 *
 * // in a test file, which vitest runs
 * export const run = (contract: typeof repositoryContract): void =>
 *   contract<Door>('in memory', (options) => ({
 *     repository: new InMemoryRepository({
 *       name: 'Door',
 *       toState: ({ id, times }: Door) => ({ id, times }),
 *       restore: ({ id, times }, meta) => Object.assign(new Door(id, meta), { times }),
 *       ...options,
 *     }),
 *     newAggregate() {
 *       const door = new Door(newId())
 *       door.use()
 *       return door
 *     },
 *     change: (door) => door.use(),
 *     stateOf: ({ id, times }) => ({ id, times }),
 *   }))
 * ```
 */
export function repositoryContract<Aggregate extends AggregateRoot>(
  name: string,
  open: (options: RepositoryProbeOptions) => RepositoryProbe<Aggregate> | Promise<RepositoryProbe<Aggregate>>,
): void {
  const ada = createContext({ userId: 'ada' })
  const bob = createContext({ userId: 'bob' })

  /** Opens a repository, hands it to the test with everything around it, and closes it whatever happens. */
  const given = (test: (scene: Scene<Aggregate>) => Promise<void>) => async () => {
    const clock = fixedClock('2026-01-01T00:00:00.000Z')
    const recorder = new Recorder()
    const probe = await open({ clock, recordEvents: recorder.record })
    try {
      await test({ ...probe, probe, clock, recorder })
    } finally {
      await probe.close?.()
    }
  }

  describe(`${name} keeps aggregates`, () => {
    it(
      'hands out what was added, as another instance of equal state',
      given(async ({ repository, probe }) => {
        const added = probe.newAggregate()

        await orThrow(repository.add(added, ada))

        const loaded = (await orThrow(repository.get(added.id, ada))).value
        expect(loaded).not.toBe(added)
        expect(loaded.equals(added)).toBe(true)
        expect(probe.stateOf(loaded)).toEqual(probe.stateOf(added))
      }),
    )

    it(
      'answers AggregateNotFound for an unknown id',
      given(async ({ repository, probe }) => {
        const { id } = probe.newAggregate()

        const found = await repository.get(id, ada)

        expect(found._unsafeUnwrapErr()).toMatchObject({ type: 'AggregateNotFound', id })
      }),
    )

    it(
      'answers AlreadyExists for a second aggregate of an id, and keeps the first',
      given(async ({ repository, probe, recorder }) => {
        const added = probe.newAggregate()
        await orThrow(repository.add(added, ada))
        const before = probe.stateOf(added)
        probe.change(added)
        recorder.forget()

        const again = await repository.add(added, ada)

        expect(again._unsafeUnwrapErr()).toMatchObject({ type: 'AlreadyExists', id: added.id })
        expect(recorder.events).toEqual([])
        expect(added.domainEvents).not.toEqual([])
        expect(probe.stateOf((await orThrow(repository.get(added.id, ada))).value)).toEqual(before)
      }),
    )

    it(
      'saves changes, and counts versions from 1 at adding',
      given(async ({ repository, probe }) => {
        const aggregate = probe.newAggregate()
        const versions = [aggregate.version]

        await orThrow(repository.add(aggregate, ada))
        versions.push(aggregate.version)
        probe.change(aggregate)
        await orThrow(repository.save(aggregate, ada))
        versions.push(aggregate.version)

        const loaded = (await orThrow(repository.get(aggregate.id, ada))).value
        expect(versions).toEqual([0, 1, 2])
        expect(loaded.version).toBe(2)
        expect(probe.stateOf(loaded)).toEqual(probe.stateOf(aggregate))
      }),
    )

    it(
      'answers AggregateNotFound when what was never added is saved or removed',
      given(async ({ repository, probe, recorder }) => {
        const aggregate = probe.newAggregate()

        const saved = await repository.save(aggregate, ada)
        const removed = await repository.remove(aggregate, ada)

        expect(saved._unsafeUnwrapErr()).toMatchObject({ type: 'AggregateNotFound', id: aggregate.id })
        expect(removed._unsafeUnwrapErr()).toMatchObject({ type: 'AggregateNotFound', id: aggregate.id })
        expect(recorder.events).toEqual([])
        expect(aggregate.version).toBe(0)
      }),
    )

    it(
      'shares nothing with the instances that it took and handed out',
      given(async ({ repository, probe }) => {
        const added = probe.newAggregate()
        await orThrow(repository.add(added, ada))
        const before = structuredClone(probe.stateOf(added))

        probe.change(added)
        probe.change((await orThrow(repository.get(added.id, ada))).value)

        expect(probe.stateOf((await orThrow(repository.get(added.id, ada))).value)).toEqual(before)
      }),
    )

    it(
      'restores without a new id, time or event',
      given(async ({ repository, probe, clock, recorder }) => {
        const added = probe.newAggregate()
        await orThrow(repository.add(added, ada))
        clock.advance(60_000)
        recorder.forget()

        const loaded = (await orThrow(repository.get(added.id, bob))).value

        expect(loaded.id).toBe(added.id)
        expect(auditOf(loaded)).toEqual(auditOf(added))
        expect(loaded.domainEvents).toEqual([])
        expect(recorder.events).toEqual([])
      }),
    )
  })

  describe(`${name} settles who was first`, () => {
    it(
      'answers VersionConflict to the second of two that loaded the same version',
      given(async ({ repository, probe, recorder }) => {
        const { id } = await addedTo(repository, probe)
        const first = (await orThrow(repository.get(id, ada))).value
        const second = (await orThrow(repository.get(id, bob))).value
        probe.change(first)
        probe.change(second)
        const pending = second.domainEvents
        await orThrow(repository.save(first, ada))
        recorder.forget()

        const late = [await repository.save(second, bob), await repository.remove(second, bob)]

        const conflict = { type: 'VersionConflict', id, expected: 1, actual: 2 }
        expect(late.map((result) => result._unsafeUnwrapErr())).toMatchObject([conflict, conflict])
        expect(recorder.events).toEqual([])
        expect(second.version).toBe(1)
        expect(second.domainEvents).toEqual(pending)
      }),
    )

    it(
      'lets exactly one of many that save at the same time win',
      given(async ({ repository, probe, recorder }) => {
        const { id } = await addedTo(repository, probe)
        const rivals = await Promise.all(
          Array.from({ length: 8 }, async () => (await orThrow(repository.get(id, ada))).value),
        )
        for (const rival of rivals) probe.change(rival)
        const eventsOfOne = rivals[0]?.domainEvents.length
        recorder.forget()

        const results = await Promise.all(rivals.map((rival) => repository.save(rival, ada)))

        const failures = results.filter((result) => result.isErr()).map(({ error }) => error.type)
        expect(failures).toEqual(Array.from({ length: 7 }, () => 'VersionConflict'))
        expect(recorder.events).toHaveLength(eventsOfOne ?? 0)
        expect((await orThrow(repository.get(id, ada))).value.version).toBe(2)
      }),
    )

    it(
      'lets exactly one of many that add the same id win',
      given(async ({ repository, probe }) => {
        const aggregate = probe.newAggregate()

        const results = await Promise.all(Array.from({ length: 4 }, () => repository.add(aggregate, ada)))

        expect(results.filter((result) => result.isOk())).toHaveLength(1)
        expect(aggregate.version).toBe(1)
      }),
    )
  })

  describe(`${name} writes down who and when`, () => {
    it(
      'sets creator and modifier from the context and the clock',
      given(async ({ repository, probe, clock }) => {
        const aggregate = probe.newAggregate()
        const audits = [auditOf(aggregate)]

        await orThrow(repository.add(aggregate, ada))
        audits.push(auditOf(aggregate))
        clock.advance(1_500)
        probe.change(aggregate)
        await orThrow(repository.save(aggregate, bob))
        audits.push(auditOf(aggregate))

        const created = { createdAt: '2026-01-01T00:00:00.000Z', createdBy: 'ada', isDeleted: false }
        const modified = { modifiedAt: '2026-01-01T00:00:01.500Z', modifiedBy: 'bob' }
        expect(audits).toEqual([{ isDeleted: false }, created, { ...created, ...modified }])
        expect(auditOf((await orThrow(repository.get(aggregate.id, ada))).value)).toEqual(audits[2])
      }),
    )

    it(
      'does not leave the last modifier in place when the next is unknown',
      given(async ({ repository, probe }) => {
        const aggregate = await addedTo(repository, probe)
        probe.change(aggregate)
        await orThrow(repository.save(aggregate, bob))
        probe.change(aggregate)

        await orThrow(repository.save(aggregate, createContext()))

        const loaded = (await orThrow(repository.get(aggregate.id, ada))).value
        expect([loaded.modifiedBy, aggregate.modifiedBy]).toEqual([undefined, undefined])
        expect(loaded.createdBy).toBe('ada')
      }),
    )

    it(
      'keeps what is removed, but does not find it any more',
      given(async ({ repository, probe }) => {
        const aggregate = await addedTo(repository, probe)

        await orThrow(repository.remove(aggregate, bob))

        const after = [
          await repository.get(aggregate.id, ada),
          await repository.save(aggregate, ada),
          await repository.remove(aggregate, ada),
          await repository.add(aggregate, ada),
        ]
        expect(aggregate).toMatchObject({ isDeleted: true, modifiedBy: 'bob', version: 2 })
        expect(after.map((result) => result._unsafeUnwrapErr().type)).toEqual([
          'AggregateNotFound',
          'AggregateNotFound',
          'AggregateNotFound',
          'AlreadyExists',
        ])
      }),
    )
  })

  describe(`${name} hands over events`, () => {
    it(
      'hands them over once, in order, with the context, and then clears them',
      given(async ({ repository, probe, recorder }) => {
        const aggregate = probe.newAggregate()
        probe.change(aggregate)
        const ofAdding = aggregate.domainEvents
        await orThrow(repository.add(aggregate, ada))
        const cleared = aggregate.domainEvents
        probe.change(aggregate)
        probe.change(aggregate)
        const ofSaving = aggregate.domainEvents

        await orThrow(repository.save(aggregate, bob))
        await orThrow(repository.save(aggregate, bob))

        expect(cleared).toEqual([])
        expect(aggregate.domainEvents).toEqual([])
        expect(recorder.events).toEqual([...ofAdding, ...ofSaving])
        expect(recorder.users).toEqual(['ada', 'bob'])
      }),
    )

    it(
      'hands over what was raised before removing',
      given(async ({ repository, probe, recorder }) => {
        const aggregate = await addedTo(repository, probe)
        probe.change(aggregate)
        const events = aggregate.domainEvents
        recorder.forget()

        await orThrow(repository.remove(aggregate, ada))

        expect(recorder.events).toEqual(events)
        expect(aggregate.domainEvents).toEqual([])
      }),
    )

    it(
      'keeps events that are raised while others are handed over, for the next save',
      given(async ({ repository, probe, recorder }) => {
        const aggregate = await addedTo(repository, probe)
        probe.change(aggregate)
        const handedOver = aggregate.domainEvents
        recorder.meanwhile = () => probe.change(aggregate)

        await orThrow(repository.save(aggregate, ada))

        recorder.meanwhile = undefined
        const raisedMeanwhile = aggregate.domainEvents
        await orThrow(repository.save(aggregate, ada))
        expect(raisedMeanwhile).not.toEqual([])
        expect(recorder.events.slice(-handedOver.length - raisedMeanwhile.length)).toEqual([
          ...handedOver,
          ...raisedMeanwhile,
        ])
        expect(probe.stateOf((await orThrow(repository.get(aggregate.id, ada))).value)).toEqual(
          probe.stateOf(aggregate),
        )
      }),
    )

    it(
      'stores nothing when they can not be handed over, and leaves the aggregate as it was',
      given(async ({ repository, probe, recorder }) => {
        const stored = await addedTo(repository, probe)
        const before = probe.stateOf((await orThrow(repository.get(stored.id, ada))).value)
        const added = probe.newAggregate()
        probe.change(stored)
        const pending = [...added.domainEvents, ...stored.domainEvents]
        recorder.failure = new Error('the outbox is full')

        await expect(repository.add(added, ada)).rejects.toThrow('the outbox is full')
        await expect(repository.save(stored, ada)).rejects.toThrow('the outbox is full')
        await expect(repository.remove(stored, ada)).rejects.toThrow('the outbox is full')

        const kept = (await orThrow(repository.get(stored.id, ada))).value
        expect((await repository.get(added.id, ada)).isErr()).toBe(true)
        expect([probe.stateOf(kept), kept.version]).toEqual([before, 1])
        expect([added.version, stored.version, stored.isDeleted]).toEqual([0, 1, false])
        expect([...added.domainEvents, ...stored.domainEvents]).toEqual(pending)
        recorder.failure = undefined
        expect((await repository.save(stored, ada)).isOk()).toBe(true)
      }),
    )
  })

  describe(`${name} heeds the context`, () => {
    it(
      'throws the reason of an aborted signal, and stores nothing',
      given(async ({ repository, probe, recorder }) => {
        const stored = await addedTo(repository, probe)
        const added = probe.newAggregate()
        const reason = new Error('nobody waits any more')
        const aborted = createContext({ signal: AbortSignal.abort(reason) })
        probe.change(stored)
        recorder.forget()

        await expect(repository.get(stored.id, aborted)).rejects.toBe(reason)
        await expect(repository.add(added, aborted)).rejects.toBe(reason)
        await expect(repository.save(stored, aborted)).rejects.toBe(reason)
        await expect(repository.remove(stored, aborted)).rejects.toBe(reason)

        expect(recorder.events).toEqual([])
        expect((await repository.get(added.id, ada)).isErr()).toBe(true)
        expect((await orThrow(repository.get(stored.id, ada))).value.version).toBe(1)
      }),
    )
  })

  async function addedTo(
    repository: Repository<Aggregate>,
    probe: RepositoryProbe<Aggregate>,
  ): Promise<Aggregate> {
    const aggregate = probe.newAggregate()
    await orThrow(repository.add(aggregate, ada))
    return aggregate
  }
}

type Scene<Aggregate extends AggregateRoot> = {
  readonly repository: Repository<Aggregate>
  readonly probe: RepositoryProbe<Aggregate>
  readonly clock: FixedClock
  readonly recorder: Recorder
}

/** Takes the events over, as an outbox would. */
class Recorder {
  readonly events: DomainEvent[] = []
  readonly users: (string | undefined)[] = []
  failure: Error | undefined
  meanwhile: (() => void) | undefined

  readonly record: RecordEvents = async (events, context: Context) => {
    if (this.failure !== undefined) throw this.failure
    this.events.push(...events)
    this.users.push(context.userId)
    this.meanwhile?.()
  }

  forget(): void {
    this.events.length = 0
    this.users.length = 0
  }
}

/** The audit fields that are set; those that are not are left out. */
function auditOf(aggregate: AggregateRoot): object {
  const { createdAt, createdBy, modifiedAt, modifiedBy, isDeleted } = aggregate
  return JSON.parse(JSON.stringify({ createdAt, createdBy, modifiedAt, modifiedBy, isDeleted }))
}
