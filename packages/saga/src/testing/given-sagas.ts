import { type Context, createContext } from '@ashlar/kernel'
import type { SagaRecord, SagaStore } from '../saga-store.ts'
import { sampleClaim, sampleSaga } from './sample-saga.ts'

/** Whose sagas the store contract keeps. */
export const contractContext: Context = createContext({ correlationId: 'saga-store-contract' })

/** Moments that no store can keep. */
export const badMoments: readonly number[] = [Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53]

/** Puts sagas into a store. */
export type GivenSagas = {
  insert(
    id: string,
    changes?: Partial<SagaRecord>,
  ): Promise<{ readonly saga: SagaRecord; readonly isNew: boolean }>
  claimOne(id: string): Promise<SagaRecord>
}

/** Makes the sagas that the tests of a store begin with. */
export function givenSagas(sagas: () => SagaStore): GivenSagas {
  const insert = (id: string, changes: Partial<SagaRecord> = {}) =>
    sagas().insert(sampleSaga(id, changes), contractContext)
  return {
    insert,
    async claimOne(id) {
      await insert(id)
      const [saga] = await sagas().claim(sampleClaim())
      return saga as SagaRecord
    },
  }
}
