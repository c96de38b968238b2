import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

describe('Turns', () => {
  const begin = () => {
    const turns = new Turns()
    const order: unknown[] = []
    const enter = (label: unknown, signal?: AbortSignal) =>
      turns.take('enter', async () => order.push(label), signal)
    return { turns, order, enter }
  }
  /** A turn that lasts until it is told to end. */
  const hold = (turns: Turns) => {
    const gate = Promise.withResolvers<void>()
    return { end: gate.resolve, fail: gate.reject, held: turns.take('hold', () => gate.promise) }
  }

  it('gives back what the work returns', async () => {
    expect(await new Turns().take('count', async () => 42)).toBe(42)
  })

  it('lets one in at a time', async () => {
    const { turns } = begin()
    let inside = 0
    let most = 0

    await Promise.all(
      Array.from({ length: 50 }, () =>
        turns.take('enter', async () => {
          most = Math.max(most, ++inside)
          await setImmediate()
          inside--
        }),
      ),
    )

    expect(most).toBe(1)
  })

  it('keeps a thousand in the order in which they came', async () => {
    const { turns, order, enter } = begin()
    const { end, held } = hold(turns)
    const labels = Array.from({ length: 1_000 }, (_, index) => index)
    const entering = labels.map((label) => enter(label))

    end()
    await Promise.all([held, ...entering])

    expect(order).toEqual(labels)
  })

  it('lets the next one go when the work throws, and throws it on', async () => {
    const { turns, order, enter } = begin()
    const { fail, held } = hold(turns)
    const next = enter('next')

    fail(new Error('a bug'))

    await expect(held).rejects.toThrow('a bug')
    await next
    expect(order).toEqual(['next'])
  })

  it('lets the next one go when the work throws before it waits', async () => {
    const { turns, order, enter } = begin()

    const thrown = turns.take('throw', () => {
      throw new Error('a bug')
    })
    await expect(thrown).rejects.toThrow('a bug')
    await enter('next')

    expect(order).toEqual(['next'])
  })

  it('lets one that gives up not hold up those behind, nor let them in early', async () => {
    const { turns, order, enter } = begin()
    const { end, held } = hold(turns)
    const stop = new AbortController()
    const first = enter('first', stop.signal)
    const second = enter('second')

    stop.abort(new Error('enough'))

    await expect(first).rejects.toThrow('enough')
    await setImmediate()
    expect(order).toEqual([])
    const third = enter('third')
    end()
    await Promise.all([held, second, third])
    expect(order).toEqual(['second', 'third'])
  })

  it('stays usable when all who wait give up', async () => {
    const { turns, order, enter } = begin()
    const { end, held } = hold(turns)
    const stop = new AbortController()
    const waiting = ['a', 'b', 'c'].map((label) => enter(label, stop.signal))
    stop.abort(new Error('enough'))
    await Promise.allSettled(waiting)

    const late = enter('late')
    end()
    await Promise.all([held, late])
    await enter('later')

    expect(order).toEqual(['late', 'later'])
  })

  it('refuses a signal that was aborted before, and keeps no place for it', async () => {
    const { order, enter } = begin()

    await expect(enter('late', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    await enter('next')

    expect(order).toEqual(['next'])
  })

  it('does not break off work that has begun', async () => {
    const { turns } = begin()
    const stop = new AbortController()

    const result = await turns.take(
      'work',
      async () => {
        stop.abort()
        await setImmediate()
        return 'done'
      },
      stop.signal,
    )

    expect(result).toBe('done')
  })

  it('leaves no listener on the signal', async () => {
    const { turns, enter } = begin()
    const { end, held } = hold(turns)
    const stop = new AbortController()
    const waiting = enter('waiting', stop.signal)
    const whileWaiting = getEventListeners(stop.signal, 'abort').length

    end()
    await Promise.all([held, waiting])

    expect(whileWaiting).toBe(1)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  it('refuses a turn inside of marked work, and allows it once the work has ended', async () => {
    const { turns, order, enter } = begin()
    const gate = Promise.withResolvers<void>()
    let background: Promise<unknown> | undefined

    await turns.take('outer', () =>
      turns.mark(async () => {
        await expect(enter('inner')).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
        background = gate.promise.then(() => enter('background'))
      }),
    )
    gate.resolve()
    await background

    expect(order).toEqual(['background'])
  })

  it('is not confused by marked work that runs beside', async () => {
    const { turns, order, enter } = begin()
    const gate = Promise.withResolvers<void>()
    const marked = turns.take('outer', () => turns.mark(() => gate.promise))

    const beside = enter('beside')
    gate.resolve()
    await Promise.all([marked, beside])

    expect(order).toEqual(['beside'])
  })

  it('is idle when all that has come has had its turn', async () => {
    const { turns, order, enter } = begin()
    const { end, held } = hold(turns)
    const entering = enter('last')
    const idle = turns.idle('close').then(() => order.push('idle'))

    end()
    await Promise.all([held, entering, idle])

    expect(order).toEqual(['last', 'idle'])
  })
})
