import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { AggregateRoot } from '../aggregate-root.ts'
import { ada, auditOf, bob, type Given } from './repository-scene.ts'

/** Aggregates come out as they went in, and nobody else shares them. */
export function keepingContract<Aggregate extends AggregateRoot>(
  name: string,
  given: Given<Aggregate>,
): void {
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
}
