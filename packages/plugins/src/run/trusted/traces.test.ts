import { describe, expect, it } from 'vitest'
import { type Trace, Traces } from './traces.ts'

function trace(what: string, isOpen: () => boolean, end = () => {}): Trace {
  return { kind: 'handle', what, isOpen, end }
}

describe('Traces', () => {
  it('ends what is open, in order, and counts what is alike', () => {
    const ended: number[] = []
    const traces = new Traces()
    for (const at of [1, 2, 3])
      traces.add(
        trace(
          at < 3 ? 'a' : 'b',
          () => true,
          () => void ended.push(at),
        ),
      )
    traces.add(trace('c', () => false))

    const leaked = traces.end()

    expect(leaked).toEqual([
      { kind: 'handle', what: 'a (2 times)' },
      { kind: 'handle', what: 'b' },
    ])
    expect(ended).toEqual([1, 2, 3])
    expect(traces.end()).toEqual([])
  })

  it('names nothing that can’t be asked or ended: it had ended already', () => {
    const traces = new Traces()
    const fails = () => {
      throw new Error('not running')
    }
    traces.add(trace('a', () => true, fails))
    traces.add(trace('b', fails))

    expect(traces.end()).toEqual([])
  })

  it('ends at once what is begun after its end', () => {
    let ended = 0
    const traces = new Traces()
    traces.end()

    traces.add(
      trace(
        'a',
        () => true,
        () => void ended++,
      ),
    )

    expect(ended).toBe(1)
  })

  it('forgets what has ended, so that it does not grow, and asks each but a few times', () => {
    let asked = 0
    const traces = new Traces()
    const add = (isOpen: boolean) =>
      traces.add(
        trace('a', () => {
          asked++
          return isOpen
        }),
      )

    for (let at = 0; at < 100_000; at++) add(at < 1_000)

    expect(asked).toBeLessThan(400_000)
    asked = 0
    expect(traces.end()).toEqual([{ kind: 'handle', what: 'a (1000 times)' }])
    expect(asked).toBeLessThan(2_001)
  })
})
