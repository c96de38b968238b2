import { describe, expect, it } from 'vitest'
import { observeStream, type StreamEnd } from './observe-stream.ts'

describe('observing a stream', () => {
  it('tells of its end once, whatever is asked for afterwards', async () => {
    const { source, ends } = observed(upTo(1))

    const iterator = source[Symbol.asyncIterator]()
    for (let count = 0; count < 3; count++) await iterator.next()
    await iterator.return?.()

    expect(ends).toEqual([{ outcome: 'ok', items: 1 }])
  })

  it('tells of one that is left before its first item, and closes it', async () => {
    const { source, ends } = observed(upTo(1))

    const iterator = source[Symbol.asyncIterator]()
    await iterator.return?.()

    expect(ends).toEqual([{ outcome: 'left', items: 0 }])
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('tells of one that does not let itself be closed', async () => {
    const bug = new Error('bug')
    const { source, ends } = observed({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: () => Promise.reject(bug),
      }),
    })

    const reading = async () => {
      for await (const item of source) if (item === 1) break
    }

    await expect(reading()).rejects.toBe(bug)
    expect(ends).toEqual([{ outcome: 'thrown', items: 1, thrown: bug }])
  })

  it('tells of each iteration of one that can be iterated again', async () => {
    const { source, ends } = observed({ [Symbol.asyncIterator]: () => upTo(2) })

    const items = [...(await Array.fromAsync(source)), ...(await Array.fromAsync(source))]

    expect(items).toEqual([1, 2, 1, 2])
    expect(ends).toHaveLength(2)
  })
})

function observed(given: AsyncIterable<number>) {
  const ends: StreamEnd[] = []
  return { ends, source: observeStream(given, (end) => ends.push(end)) }
}

async function* upTo(last: number) {
  for (let item = 1; item <= last; item++) yield item
}
