import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { AggregateRoot } from '../aggregate-root.ts'
import { ada, addedTo, bob, type Given } from './repository-scene.ts'

/** Of those who saw the same version, one wins. */
export function conflictContract<Aggregate extends AggregateRoot>(
  name: string,
  given: Given<Aggregate>,
): void {
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
}
