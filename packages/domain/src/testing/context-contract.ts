import { createContext } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { AggregateRoot } from '../aggregate-root.ts'
import { ada, addedTo, type Given } from './repository-scene.ts'

/** An aborted signal stops everything. */
export function contextContract<Aggregate extends AggregateRoot>(
  name: string,
  given: Given<Aggregate>,
): void {
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
}
