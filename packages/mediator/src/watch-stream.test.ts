import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { watchStream } from './watch-stream.ts'

const never = new AbortController().signal

describe('watchStream', () => {
  it('hands on all items in their order, and closes nothing that has ended by itself', async () => {
    const source = new Source([1, 2, 3])

    expect(await Array.fromAsync(watchStream(source, never))).toEqual([1, 2, 3])

    expect(source.closed).toBe(0)
  })

  it('opens the source when it is iterated, not before', async () => {
    const source = new Source([1])

    const items = watchStream(source, never)

    expect(source.opened).toBe(0)
    await Array.fromAsync(items)
    expect(source.opened).toBe(1)
  })

  it('may be iterated as often as the source', async () => {
    const items = watchStream(new Source([1, 2]), never)

    expect([await Array.fromAsync(items), await Array.fromAsync(items)]).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  it('closes the source when it is left by break', async () => {
    const source = new Source([1, 2, 3])
    const seen: number[] = []

    for await (const item of watchStream(source, never)) {
      seen.push(item)
      if (item === 2) break
    }

    expect(seen).toEqual([1, 2])
    expect(source).toMatchObject({ asked: 2, closed: 1 })
  })

  it('closes the source when the reader throws', async () => {
    const source = new Source([1, 2, 3])

    const reading = (async () => {
      for await (const item of watchStream(source, never)) throw new Error(`no ${item}`)
    })()

    await expect(reading).rejects.toThrow('no 1')
    expect(source.closed).toBe(1)
  })

  it('is left without harm when the source knows no return', async () => {
    const bare: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: 1 }) }),
    }

    for await (const item of watchStream(bare, never)) {
      expect(item).toBe(1)
      break
    }
  })

  it.each([new Error('broken'), null, undefined, 'text'])(
    'throws exactly what the source throws: %s',
    async (thrown) => {
      const late = watchStream(failing(thrown), never)[Symbol.asyncIterator]()
      const atOnce = watchStream<number>(
        {
          [Symbol.asyncIterator]: () => ({
            next() {
              throw thrown
            },
          }),
        },
        never,
      )[Symbol.asyncIterator]()

      expect(await late.next()).toEqual({ done: false, value: 1 })
      await expect(late.next()).rejects.toBe(thrown)
      await expect(atOnce.next()).rejects.toBe(thrown)
      expect(await late.next()).toEqual({ done: true, value: undefined })
      expect(await atOnce.next()).toEqual({ done: true, value: undefined })
    },
  )

  it('throws the reason instead of the first item when the signal was aborted before, and closes', async () => {
    const source = new Source([1])

    await expect(Array.fromAsync(watchStream(source, AbortSignal.abort('gone')))).rejects.toBe('gone')

    expect(source).toMatchObject({ asked: 0, closed: 1 })
  })

  it('throws the reason instead of the next item, and closes', async () => {
    const controller = new AbortController()
    const source = new Source([1, 2, 3])
    const seen: number[] = []

    const reading = (async () => {
      for await (const item of watchStream(source, controller.signal)) {
        seen.push(item)
        controller.abort(null)
      }
    })()

    await expect(reading).rejects.toBe(null)
    expect(seen).toEqual([1])
    expect(source).toMatchObject({ asked: 1, closed: 1 })
  })

  it('does not hang while an item is awaited that never comes', async () => {
    const controller = new AbortController()
    const source = new Source([1], { hangsAtEnd: true })
    const iterator = watchStream(source, controller.signal)[Symbol.asyncIterator]()
    await iterator.next()

    const waiting = [iterator.next(), iterator.next()]
    controller.abort('gone')

    expect(await Promise.allSettled(waiting)).toEqual([
      { status: 'rejected', reason: 'gone' },
      { status: 'rejected', reason: 'gone' },
    ])
    await expect(iterator.next()).rejects.toBe('gone')
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(source.closed).toBe(1)
  })

  it('does not wait for a generator that is stuck, and closes it as soon as it moves', async () => {
    const controller = new AbortController()
    const gate = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<string>()
    async function* stuck() {
      try {
        await gate.promise
        yield 1
      } finally {
        closed.resolve('closed')
      }
    }
    const waiting = watchStream(stuck(), controller.signal)[Symbol.asyncIterator]().next()

    controller.abort('gone')

    await expect(waiting).rejects.toBe('gone')
    gate.resolve()
    expect(await closed.promise).toBe('closed')
  })

  it('survives a source that rejects after it was aborted, or refuses to close', async () => {
    const controller = new AbortController()
    const late = Promise.withResolvers<IteratorResult<number>>()
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => late.promise,
        return() {
          throw new Error('refuses to close')
        },
      }),
    }
    const waiting = watchStream(source, controller.signal)[Symbol.asyncIterator]().next()

    controller.abort('gone')
    late.reject(new Error('too late'))

    await expect(waiting).rejects.toBe('gone')
  })

  it('rejects when the source refuses to close, and nobody aborted', async () => {
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: 1 }),
        return: () => Promise.reject(new Error('refuses to close')),
      }),
    }
    const reading = (async () => {
      for await (const item of watchStream(source, never)) if (item === 1) break
    })()

    await expect(reading).rejects.toThrow('refuses to close')
  })

  it.each([undefined, null, 'text'])(
    'lets the reader say what is wrong with nonsense: %s',
    async (nonsense) => {
      const source = {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(nonsense as never) }),
      }

      const reading = (async () => {
        for await (const _ of watchStream(source, never)) break
      })()

      await expect(reading).rejects.toThrow(TypeError)
    },
  )

  it('is no longer heard by the signal when it is over', async () => {
    const controller = new AbortController()
    const source = new Source([1, 2])
    const items = watchStream(source, controller.signal)
    await Array.fromAsync(items)
    const iterator = items[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.return?.()

    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    controller.abort('late')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(source.closed).toBe(1)
  })

  it('tells its end exactly once, after the source has closed', async () => {
    const told: string[] = []
    const ended = async () => {
      told.push('ended')
    }
    const source = new Source([1, 2], { onClose: () => told.push('closed') })

    await Array.fromAsync(watchStream(source, never, ended))
    for await (const _ of watchStream(source, never, ended)) break
    await expect(Array.fromAsync(watchStream(failing('broken'), never, ended))).rejects.toBe('broken')
    await expect(Array.fromAsync(watchStream(source, AbortSignal.abort('gone'), ended))).rejects.toBe('gone')

    expect(told).toEqual(['ended', 'closed', 'ended', 'ended', 'closed', 'ended'])
  })

  it('serves a thousand readers of one signal, all of which stop', async () => {
    const controller = new AbortController()
    const sources = Array.from({ length: 1_000 }, () => new Source([1], { hangsAtEnd: true }))
    const reading = sources.map((source) => Array.fromAsync(watchStream(source, controller.signal)))

    controller.abort('gone')
    const outcomes = await Promise.allSettled(reading)

    expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === 'gone')).toBe(true)
    expect(sources.every(({ closed }) => closed === 1)).toBe(true)
  })
})

/** Counts what is done to it. */
class Source implements AsyncIterable<number> {
  readonly #items: readonly number[]
  readonly #options: { readonly hangsAtEnd?: boolean; readonly onClose?: () => unknown }
  opened = 0
  asked = 0
  closed = 0

  constructor(
    items: readonly number[],
    options: { readonly hangsAtEnd?: boolean; readonly onClose?: () => unknown } = {},
  ) {
    this.#items = items
    this.#options = options
  }

  [Symbol.asyncIterator](): AsyncIterator<number> {
    this.opened++
    let place = 0
    return {
      next: () => {
        this.asked++
        const value = this.#items[place++]
        if (value !== undefined) return Promise.resolve({ done: false, value })
        return this.#options.hangsAtEnd ? new Promise(() => {}) : Promise.resolve({ done: true, value })
      },
      return: () => {
        this.closed++
        this.#options.onClose?.()
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }
}

async function* failing(thrown: unknown) {
  yield 1
  throw thrown
}
