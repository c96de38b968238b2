import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { AggregateRoot } from '../aggregate-root.ts'
import { ada, addedTo, bob, type Given } from './repository-scene.ts'

/** Events are handed over once, before the change is visible. */
export function eventContract<Aggregate extends AggregateRoot>(name: string, given: Given<Aggregate>): void {
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
}
