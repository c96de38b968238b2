import { ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from './define-saga.ts'

const step = { run: async () => ok(1), compensate: async () => {} }
const begin = () => defineSaga<null>({ name: 'order', version: 1 })

/** A builder whose types are forgotten, as JavaScript sees it. */
type Untyped = { [method: string]: (...args: unknown[]) => Untyped }
const untyped = () => begin() as unknown as Untyped

describe('defineSaga', () => {
  it('gives frozen data with every default filled in', () => {
    const saga = begin()
      .step('stock', { ...step, retry: { attempts: 5 }, timeoutMs: 1_000 })
      .pivot('payment', { run: step.run })
      .retriable('mail', { run: step.run })
      .result(() => 'done')

    const retry = { attempts: 5, firstDelayMs: 200, factor: 2, maxDelayMs: 30_000 }
    expect(saga).toMatchObject({ name: 'order', version: 1 })
    expect(saga.steps).toMatchObject([
      { name: 'stock', kind: 'step', retry, compensateRetry: { ...retry, attempts: 10 }, timeoutMs: 1_000 },
      { name: 'payment', kind: 'pivot', retry: { ...retry, attempts: 3 }, timeoutMs: 30_000 },
      { name: 'mail', kind: 'retriable', retry: { ...retry, attempts: 20 } },
    ])
    const parts = [saga, saga.steps, saga.steps[0], saga.steps[0]?.retry]
    expect(parts.map(Object.isFrozen)).toEqual([true, true, true, true])
  })

  it('gives a new builder with each step, so that a beginning can be shared', () => {
    const shared = begin().step('stock', step)

    const card = shared.pivot('card', { run: step.run }).result(() => null)
    const cash = shared.pivot('cash', { run: step.run }).result(() => null)

    expect([card, cash].map((saga) => saga.steps.map(({ name }) => name))).toEqual([
      ['stock', 'card'],
      ['stock', 'cash'],
    ])
  })

  it('keeps the steps in the order in which they are written', () => {
    const saga = begin()
      .step('z', step)
      .step('a', step)
      .step('2', step)
      .step('1', step)
      .result(() => null)

    expect(saga.steps.map(({ name }) => name)).toEqual(['z', 'a', '2', '1'])
  })

  it('lets a step be an object with methods', async () => {
    class Stock {
      readonly #reserved = 'r-1'
      async run() {
        return ok(this.#reserved)
      }
      async compensate() {}
    }

    const saga = begin()
      .step('stock', new Stock())
      .result(() => null)

    expect((await saga.steps[0]?.run({} as never))?._unsafeUnwrap()).toBe('r-1')
  })

  it.each<[string, () => unknown]>([
    ['a name twice', () => untyped().step?.('a', step).step?.('a', step)],
    ['a name twice, after the pivot', () => untyped().pivot?.('a', step).retriable?.('a', step)],
    ['the name "input"', () => untyped().step?.('input', step)],
    ['the name "__proto__"', () => untyped().step?.('__proto__', step)],
    ['an empty name', () => untyped().step?.('', step)],
    ['a name with a slash', () => untyped().step?.('a/b', step)],
    ['a step without run', () => untyped().step?.('a', { compensate: step.compensate })],
    ['a pivot that is nothing', () => untyped().pivot?.('a', undefined)],
    ['a step without compensate', () => untyped().step?.('a', { run: step.run })],
    ['a step after the pivot', () => untyped().pivot?.('a', step).step?.('b', step)],
    ['a second pivot', () => untyped().pivot?.('a', step).pivot?.('b', step)],
    ['a pivot after a retriable step', () => untyped().retriable?.('a', step).pivot?.('b', step)],
    ['no step', () => begin().result(() => null)],
    ['no attempt', () => begin().step('a', { ...step, retry: { attempts: 0 } })],
    ['half an attempt', () => begin().step('a', { ...step, compensateRetry: { attempts: 1.5 } })],
    ['a negative delay', () => begin().step('a', { ...step, retry: { firstDelayMs: -1 } })],
    ['an endless delay', () => begin().step('a', { ...step, retry: { maxDelayMs: Infinity } })],
    ['a rest of a month', () => begin().step('a', { ...step, retry: { maxDelayMs: 2 ** 31 } })],
    ['a shrinking delay', () => begin().step('a', { ...step, retry: { factor: 0.5 } })],
    ['no time', () => begin().step('a', { ...step, timeoutMs: 0 })],
    ['more time than a timer can take', () => begin().step('a', { ...step, timeoutMs: 2 ** 31 })],
    ['a blank saga name', () => defineSaga({ name: ' ', version: 1 })],
    ['version 0', () => defineSaga({ name: 'order', version: 0 })],
  ])('refuses %s', (_, define) => {
    expect(define).toThrow(expect.objectContaining({ code: 'ASHLAR_SAGA_INVALID' }))
  })

  it('names the step, what was expected and what was found', () => {
    const define = () => begin().step('stock', { ...step, timeoutMs: -5 })

    expect(define).toThrow(
      'timeoutMs of step "stock" of saga "order" must be a whole number from 1 to 2147483647, found -5',
    )
  })
})
