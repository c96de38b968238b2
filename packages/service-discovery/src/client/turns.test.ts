import { BulkheadRejectedError } from 'cockatiel'
import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

/** Work that ends when it is told to, and a note of who has begun. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
  }
  return { begun, work, end: (name: string) => ends.get(name)?.() }
}

const patient = { isOver: false }
const settled = () => new Promise(setImmediate)

describe('turns', () => {
  it('come in order, as many at a time as may be', async () => {
    const turns = new Turns({ concurrency: 2, queue: 3 })
    const { begun, work, end } = works()

    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => turns.execute(patient, work(name)))
    const first = [...begun]
    end('b')
    await settled()
    const second = [...begun]
    for (const name of ['a', 'c', 'd', 'e']) {
      end(name)
      await settled()
    }

    expect([first, second]).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
    ])
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it.each([0, 2])('are refused where %d wait already', async (queue) => {
    const turns = new Turns({ concurrency: 1, queue })
    const { work, end } = works()

    const running = turns.execute(patient, work('a'))
    const waiting = Array.from({ length: queue }, (_, at) => turns.execute(patient, work(`w${at}`)))
    const refused = turns.execute(patient, work('late'))

    await expect(refused).rejects.toBeInstanceOf(BulkheadRejectedError)
    for (const name of ['a', 'w0', 'w1']) {
      end(name)
      await settled()
    }
    expect(await Promise.all([running, ...waiting])).toHaveLength(queue + 1)
  })

  it('are kept for nobody who has left', async () => {
    const turns = new Turns({ concurrency: 1, queue: 1 })
    const { begun, work, end } = works()
    const leaving = { isOver: false }

    const running = turns.execute(patient, work('a'))
    void turns.execute(leaving, work('b'))
    leaving.isOver = true
    const next = turns.execute(patient, work('c'))
    end('a')
    await settled()
    end('c')

    expect(await Promise.all([running, next])).toEqual(['a', 'c'])
    expect(begun).toEqual(['a', 'c'])
  })

  it('are skipped by those who leave while nobody wants their place', async () => {
    const turns = new Turns({ concurrency: 1, queue: 2 })
    const { begun, work, end } = works()
    const leaving = { isOver: false }

    const running = turns.execute(patient, work('a'))
    void turns.execute(leaving, work('b'))
    const last = turns.execute(patient, work('c'))
    leaving.isOver = true
    end('a')
    await settled()
    end('c')

    expect(await Promise.all([running, last])).toEqual(['a', 'c'])
    expect(begun).toEqual(['a', 'c'])
  })

  it('are taken by no newcomer before those who wait', async () => {
    const turns = new Turns({ concurrency: 1, queue: 5 })
    const { begun, work, end } = works()

    const running = turns.execute(patient, work('a'))
    const waiting = turns.execute(patient, work('b'))
    end('a')
    const newcomers: Promise<string>[] = []
    for (let turn = 0; turn < 4; turn++) {
      newcomers.push(turns.execute(patient, work(`n${turn}`)))
      await Promise.resolve()
    }
    await settled()
    for (const name of ['b', 'n0', 'n1', 'n2', 'n3']) {
      end(name)
      await settled()
    }

    expect((await Promise.all([running, waiting, ...newcomers])).length).toBe(6)
    expect(begun).toEqual(['a', 'b', 'n0', 'n1', 'n2', 'n3'])
  })

  it('go on after one that has failed', async () => {
    const turns = new Turns({ concurrency: 1, queue: 1 })

    const failing = turns.execute(patient, () => Promise.reject(new Error('no')))
    const next = turns.execute(patient, async () => 'next')

    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('next')
  })
})
