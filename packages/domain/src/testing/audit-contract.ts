import { createContext } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { AggregateRoot } from '../aggregate-root.ts'
import { ada, addedTo, auditOf, bob, type Given } from './repository-scene.ts'

/** Who did it, and when; what is removed stays written down. */
export function auditContract<Aggregate extends AggregateRoot>(name: string, given: Given<Aggregate>): void {
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
}
