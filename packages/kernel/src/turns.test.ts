import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

const begin = () => {
  const turns = new Turns()
  const order: unknown[] = []
  const enter = (key: unknown, label: unknown, signal?: AbortSignal) =>
    turns.take(key, async () => order.push(label), signal)
  /** A turn that lasts until it is told to end. */
  const hold = (key: unknown) => {
    const gate = Promise.withResolvers<void>()
    return { end: gate.resolve, fail: gate.reject, held: turns.take(key, () => gate.promise) }
  }
  return { turns, order, enter, hold }
}

describe('Turns', () => {
  it('begins at once when nobody is before, and gives back what the work returns', async () => {
    const { turns, order, enter } = begin()

    const entering = enter('a', 'first')
    const begunAtOnce = [...order]

    expect(begunAtOnce).toEqual(['first'])
    expect(await entering).toBe(1)
    expect(await turns.take('a', async () => 42)).toBe(42)
  })

  it('keeps the order of those who come for one key', async () => {
    const { order, enter, hold } = begin()
    const { end, held } = hold('a')
    const labels = Array.from({ length: 1_000 }, (_, index) => index)
    const entering = labels.map((label) => enter('a', label))

    await setImmediate()
    expect(order).toEqual([])
    end()
    await Promise.all([held, ...entering])

    expect(order).toEqual(labels)
  })

  it('lets nobody wait for those of another key', async () => {
    const { order, enter, hold } = begin()
    const { end, held } = hold('a')
    const behind = enter('a', 'behind')

    await enter('b', 'beside')
    end()
    await Promise.all([held, behind])

    expect(order).toEqual(['beside', 'behind'])
  })

  it('tells keys apart as a Map does, names of parts of objects included', () => {
    const { turns, hold } = begin()

    for (const key of ['__proto__', 1, begin]) hold(key)

    expect(['__proto__', 1, begin].map((key) => turns.isBusy(key))).toEqual([true, true, true])
    expect(['toString', '1', {}].map((key) => turns.isBusy(key))).toEqual([false, false, false])
  })

  it('lets one that comes late wait for those whose turn came after they had waited', async () => {
    const { order, enter, hold } = begin()
    const first = hold('a')
    const second = hold('a')
    first.end()
    await first.held
    await setImmediate()

    const late = enter('a', 'late')
    await setImmediate()
    const whileSecondWorks = [...order]
    second.end()
    await Promise.all([second.held, late])

    expect(whileSecondWorks).toEqual([])
    expect(order).toEqual(['late'])
  })

  it.each([
    ['a rejection', () => Promise.reject(new Error('a bug'))],
    [
      'a throw before its first promise',
      () => {
        throw new Error('a bug')
      },
    ],
  ])('passes on %s of the work, and lets the next one go', async (_, work) => {
    const { turns, order, enter } = begin()

    const failing = turns.take<void>('a', work)
    const next = enter('a', 'next')

    await expect(failing).rejects.toThrow('a bug')
    await next
    expect(order).toEqual(['next'])
  })

  it('lets one that gives up not hold up those behind, nor let them in early', async () => {
    const { order, enter, hold } = begin()
    const { end, held } = hold('a')
    const stop = new AbortController()
    const first = enter('a', 'first', stop.signal)
    const second = enter('a', 'second')

    stop.abort(new Error('enough'))

    await expect(first).rejects.toThrow('enough')
    await setImmediate()
    expect(order).toEqual([])
    end()
    await Promise.all([held, second])
    expect(order).toEqual(['second'])
  })

  it('refuses a signal that was aborted before, and keeps no place for it', async () => {
    const { turns, order, enter } = begin()

    await expect(enter('a', 'late', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')

    expect(turns.isBusy('a')).toBe(false)
    expect(order).toEqual([])
  })

  it('does not break off work that has begun', async () => {
    const stop = new AbortController()

    const result = await new Turns().take(
      'a',
      async () => {
        stop.abort()
        await setImmediate()
        return 'done'
      },
      stop.signal,
    )

    expect(result).toBe('done')
  })

  it('leaves no listener on the signal, whether the turn comes or not', async () => {
    const { enter, hold } = begin()
    const { end, held } = hold('a')
    const stop = new AbortController()
    const waiting = enter('a', 'waiting', stop.signal)
    const givingUp = new AbortController()
    const leaving = enter('a', 'leaving', givingUp.signal)
    const whileWaiting = getEventListeners(stop.signal, 'abort').length

    givingUp.abort()
    end()
    await Promise.allSettled([held, waiting, leaving])

    expect(whileWaiting).toBe(1)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    expect(getEventListeners(givingUp.signal, 'abort')).toEqual([])
  })

  it('is busy from the first that comes until the last has gone, and forgets the key then', async () => {
    const { turns, enter, hold } = begin()
    const { end, held } = hold('a')
    const stop = new AbortController()
    const leaving = enter('a', 'leaving', stop.signal)
    const last = enter('a', 'last')

    stop.abort()
    await expect(leaving).rejects.toThrow()
    const meanwhile = turns.isBusy('a')
    end()
    await Promise.all([held, last])
    await setImmediate()

    expect([meanwhile, turns.isBusy('a')]).toEqual([true, false])
  })

  it('is idle when all that has come for the key has had its turn, whatever came of it', async () => {
    const { turns, order, enter, hold } = begin()
    const { fail, held } = hold('a')
    const failing = expect(held).rejects.toThrow('a bug')
    const entering = enter('a', 'last')
    const other = hold('b')

    await turns.idle('never seen')
    const idle = turns.idle('a').then(() => order.push('idle'))
    fail(new Error('a bug'))
    await Promise.all([failing, entering, idle])
    other.end()

    expect(order).toEqual(['last', 'idle'])
  })
})
