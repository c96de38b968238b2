import { afterEach, beforeEach, describe } from 'vitest'
import type { SagaStore } from '../saga-store.ts'
import { declareClaimTests } from './claim-tests.ts'
import { declareInsertTests } from './insert-tests.ts'
import { declareLeaseTests } from './lease-tests.ts'
import { declareSaveTests } from './save-tests.ts'
import { declareWatchTests } from './watch-tests.ts'

/**
 * Declares the tests that every saga store passes: one saga per id, claims that never overlap, fences that keep old
 * owners out, a log without gaps, and frozen copies.
 *
 * @param name - of the store, for the report
 * @param open - gives a new, empty store; the contract closes it
 * @example
 * ```ts no-run
 * import { InMemorySagaStore } from '@ashlar/saga'
 * import { sagaStoreContract } from '@ashlar/saga/testing'
 *
 * sagaStoreContract('memory', async () => {
 *   const sagas = new InMemorySagaStore()
 *   return { sagas, close: () => sagas.close() }
 * })
 * ```
 */
export function sagaStoreContract(
  name: string,
  open: () => Promise<{ readonly sagas: SagaStore; close(): Promise<void> }>,
): void {
  describe(`${name} keeps the saga store contract`, () => {
    let opened: { readonly sagas: SagaStore; close(): Promise<void> }

    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    const sagas = () => opened.sagas
    declareInsertTests(sagas)
    declareClaimTests(sagas)
    declareSaveTests(sagas)
    declareLeaseTests(sagas)
    declareWatchTests(sagas)
  })
}
