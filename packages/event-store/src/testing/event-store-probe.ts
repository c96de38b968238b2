import type { StorageProbe } from '@ashlar/kernel/testing'
import { streamId } from '../event.ts'
import type { EventStore } from '../event-store.ts'

/**
 * Lets `storageContract` of `@ashlar/kernel/testing` write and read through a storage's event store.
 *
 * @example
 * ```ts
 * import { eventStoreProbe } from '@ashlar/event-store/testing'
 *
 * console.log(eventStoreProbe.name)
 * ```
 */
export const eventStoreProbe: StorageProbe<{ readonly events: EventStore }> = {
  name: 'events',
  write({ events }, key, context) {
    return events.append(
      { stream: streamId('probe', key), expected: 'any', events: [{ type: 'Probed', data: key }] },
      context,
    )
  },
  async has({ events }, key) {
    return (await events.streamInfo(streamId('probe', key)))?.version === 1
  },
}
