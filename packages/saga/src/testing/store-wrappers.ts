import type { SagaStore } from '../saga-store.ts'

/** A store whose methods go through `before` first; what that throws, the caller gets. */
export function interceptedStore(
  inner: SagaStore,
  before: (method: keyof SagaStore) => Promise<void> | void,
): SagaStore {
  return {
    async insert(saga, context) {
      await before('insert')
      return inner.insert(saga, context)
    },
    async claim(claim) {
      await before('claim')
      return inner.claim(claim)
    },
    async save(saga, entry) {
      await before('save')
      return inner.save(saga, entry)
    },
    async renew(held, leaseUntil) {
      await before('renew')
      return inner.renew(held, leaseUntil)
    },
    async find(id) {
      await before('find')
      return inner.find(id)
    },
    async log(id) {
      await before('log')
      return inner.log(id)
    },
    async nextDue(definitions) {
      await before('nextDue')
      return inner.nextDue(definitions)
    },
    async *watch(options) {
      await before('watch')
      yield* inner.watch(options)
    },
    close: () => inner.close(),
  }
}

/** A store that is gone for its worker at a chosen save: before it is written, or after but before the worker knows. */
export interface DyingStore {
  /** Handed to the worker that will die. */
  readonly store: SagaStore
  /** Settles at the moment of death. */
  readonly death: Promise<'dead'>
  /** Whether it has died. */
  isDead(): boolean
}

/** Makes a store that dies at the n-th save; counts from 1. */
export function dyingStore(inner: SagaStore, save: number, moment: 'before' | 'after'): DyingStore {
  const death = Promise.withResolvers<'dead'>()
  let saves = 0
  let isDead = false
  const die = (): never => {
    isDead = true
    death.resolve('dead')
    throw new Error('the process of this store is dead')
  }
  const alive = interceptedStore(inner, () => {
    if (isDead) die()
  })
  const store: SagaStore = {
    ...alive,
    async save(saga, entry) {
      if (isDead || (++saves === save && moment === 'before')) die()
      const isSaved = await inner.save(saga, entry)
      return saves === save ? die() : isSaved
    },
  }
  return { store, death: death.promise, isDead: () => isDead }
}
