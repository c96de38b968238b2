import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import { defineSaga } from '../define-saga.ts'
import type { SagaRetry } from '../retry-policy.ts'
import type { SagaDefinition } from '../saga-definition.ts'

/** What the sample saga is started with. */
export type Order = { readonly orderId: string }

/** What a step of the sample saga may say. */
export type SaidNo = Failure<'SaidNo', { readonly step: string }>

/** What a completed sample saga tells. */
export type Fulfilled = { readonly stock: string; readonly payment: string; readonly shipment: string }

/** A definition of the sample saga. */
export type OrderSaga = SagaDefinition<Order, Fulfilled, SaidNo>

/** Which calls go wrong, by `step/phase`: once, or each time; each after it has had its effect. */
export type Faults = {
  readonly [call: string]: 'says no' | 'says no once' | 'throws' | 'throws once' | undefined
}

const atOnce: SagaRetry = { attempts: 3, firstDelayMs: 0 }

/** The world outside: remembers each key, so that an effect happens once however often it is asked for. */
export class OrderWorld {
  /** Keys in the order in which they first had an effect, without the saga's id. */
  readonly effects: string[] = []
  /** Every call, repeated ones included. */
  readonly calls: string[] = []
  /** What each undo was given: the output, or the key of the run. */
  readonly undone: string[] = []
  readonly #faults: Faults

  constructor(faults: Faults = {}) {
    this.#faults = faults
  }

  /** The order saga: two steps that can be undone, a pivot, and one that can't say no. */
  saga(): OrderSaga {
    return defineSaga<Order>({ name: 'order', version: 1 })
      .step('stock', {
        run: ({ key }) => this.#does(key),
        compensate: ({ key, output, runKey }) => this.#undoes(key, output ?? `by ${withoutId(runKey)}`),
        retry: atOnce,
        compensateRetry: atOnce,
      })
      .step('payment', {
        run: ({ key }) => this.#does(key),
        compensate: ({ key, output, runKey }) => this.#undoes(key, output ?? `by ${withoutId(runKey)}`),
        retry: atOnce,
        compensateRetry: atOnce,
      })
      .pivot('shipment', { run: ({ key }) => this.#does(key), retry: atOnce })
      .retriable('mail', { run: ({ key }) => this.#does(key) as never, retry: atOnce })
      .result(({ stock, payment, shipment }) => ({ stock, payment, shipment }))
  }

  async #does(key: string): Promise<Result<string, SaidNo>> {
    const call = withoutId(key)
    const isFirst = !this.calls.includes(call)
    this.calls.push(call)
    if (!this.effects.includes(call)) this.effects.push(call)
    const fault = this.#faults[call]
    if (fault === 'throws' || (fault === 'throws once' && isFirst)) throw new Error(`${call} broke`)
    if (fault === 'says no' || (fault === 'says no once' && isFirst)) return err(saidNo(call))
    return ok(`done ${call}`)
  }

  async #undoes(key: string, what: string): Promise<Result<string, SaidNo>> {
    const undone = await this.#does(key)
    if (undone.isOk()) this.undone.push(what)
    return undone
  }
}

function saidNo(step: string): SaidNo {
  return failure('SaidNo', `${step} said no`, { step })
}

/** `o-1/stock/run` without the saga's id. */
function withoutId(key: string): string {
  return key.slice(key.indexOf('/') + 1)
}
