import type { StorageProbe } from '@ashlar/kernel/testing'
import type { SagaStore } from '../saga-store.ts'
import { sampleSaga } from './sample-saga.ts'

/**
 * Lets the storage contract write and read through a saga store.
 *
 * @example
 * ```ts no-run
 * import { storageContract } from '@ashlar/kernel/testing'
 * import { InMemoryStorage } from '@ashlar/memory'
 * import { sagaStoreProbe } from '@ashlar/saga/testing'
 *
 * storageContract('memory', async () => new InMemoryStorage(), [sagaStoreProbe])
 * ```
 */
export const sagaStoreProbe: StorageProbe<{ readonly sagas: SagaStore }> = {
  name: 'sagas',
  write: ({ sagas }, key, context) => sagas.insert(sampleSaga(key), context),
  has: async ({ sagas }, key) => (await sagas.find(key)) !== undefined,
}
