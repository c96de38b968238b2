import type { ShopOptions } from '../src/composition.ts'
import type { ProviderLedger } from '../src/infrastructure/providers/provider-ledger.ts'

/** What a process can die of: a commit, a write of the saga store, or an effect at a provider. */
export const deeds = ['transaction', 'insert', 'claim', 'save', 'effect'] as const
export type Deed = (typeof deeds)[number]

/** Just before or just after the n-th deed of a kind; counts from 1. */
export type CrashPoint = { readonly deed: Deed; readonly nth: number; readonly moment: 'before' | 'after' }

export type DeedCounts = { readonly [Each in Deed]: number }

/** Counts what a process does, and kills it at the point that it was given. */
export class Fate {
  readonly #point: CrashPoint | undefined
  readonly #done = new Map<Deed, number>()

  constructor(point: CrashPoint | undefined) {
    this.#point = point
  }

  get counts(): DeedCounts {
    const count = (deed: Deed) => this.#done.get(deed) ?? 0
    return {
      transaction: count('transaction'),
      insert: count('insert'),
      claim: count('claim'),
      save: count('save'),
      effect: count('effect'),
    }
  }

  /** Laid over the stores. A transaction is met before and after its commit, when all of its work is done. */
  over(): Pick<ShopOptions, 'overSagas' | 'overTransactions'> {
    return {
      overSagas: (sagas) => this.#over(sagas),
      overTransactions: (storage) => ({
        transaction: async (work, options) => {
          const nth = this.#next('transaction')
          const result = await storage.transaction(async (tx) => {
            const done = await work(
              Reflect.has(tx, 'sagas') ? { ...tx, sagas: this.#over(Reflect.get(tx, 'sagas')) } : tx,
            )
            this.#meet('transaction', nth, 'before')
            return done
          }, options)
          this.#meet('transaction', nth, 'after')
          return result
        },
      }),
    }
  }

  /** Laid over what providers do. */
  overLedger(ledger: ProviderLedger): void {
    const effect = ledger.effect.bind(ledger)
    ledger.effect = (wanted) => {
      const nth = this.#next('effect')
      this.#meet('effect', nth, 'before')
      const done = effect(wanted)
      this.#meet('effect', nth, 'after')
      return done
    }
  }

  #over<Store extends object>(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const method = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        if (name !== 'insert' && name !== 'claim' && name !== 'save') return method.bind(target)
        return async (...parameters: readonly unknown[]) => {
          const nth = this.#next(name)
          this.#meet(name, nth, 'before')
          const done = await method.apply(target, parameters)
          this.#meet(name, nth, 'after')
          return done
        }
      },
    })
  }

  #next(deed: Deed): number {
    const nth = (this.#done.get(deed) ?? 0) + 1
    this.#done.set(deed, nth)
    return nth
  }

  #meet(deed: Deed, nth: number, moment: CrashPoint['moment']): void {
    const point = this.#point
    if (point?.deed === deed && point.nth === nth && point.moment === moment)
      process.kill(process.pid, 'SIGKILL')
  }
}
