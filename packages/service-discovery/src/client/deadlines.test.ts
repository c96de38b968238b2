import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { Deadlines } from './deadlines.ts'

describe('deadlines', () => {
  it('expire in their order, each at its time', () => {
    const timer = manualTimer()
    const deadlines = new Deadlines(100, timer)
    const expired: string[] = []
    const begin = (name: string) => deadlines.begin(() => expired.push(`${name} at ${timer.now()}`))

    begin('a')
    timer.advance(40)
    begin('b')
    timer.advance(1_000)

    expect(expired).toEqual(['a at 100', 'b at 140'])
  })

  it('do not expire once they have ended, first, last or between, and twice is as good as once', () => {
    const timer = manualTimer()
    const deadlines = new Deadlines(100, timer)
    const expired: string[] = []
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => deadlines.begin(() => expired.push(name)))

    for (const ended of [b, a, b, d]) if (ended !== undefined) deadlines.end(ended)
    deadlines.begin(() => expired.push('e'))
    timer.advance(1_000)

    expect(expired).toEqual(['c', 'e'])
    expect(c).toBeDefined()
  })

  it('keep one timer, and none for long when nothing is left', () => {
    const timer = manualTimer()
    const deadlines = new Deadlines(60_000, timer)

    for (let calls = 0; calls < 1_000; calls++) deadlines.end(deadlines.begin(() => {}))
    const meanwhile = timer.waits
    timer.advance(1_000)

    expect(meanwhile).toEqual([1_000])
    expect(timer.waits).toEqual([])
  })

  it('may begin others as they expire', () => {
    const timer = manualTimer()
    const deadlines = new Deadlines(100, timer)
    const expired: number[] = []
    deadlines.begin(() => {
      expired.push(timer.now())
      deadlines.begin(() => expired.push(timer.now()))
    })

    timer.advance(1_000)

    expect(expired).toEqual([100, 200])
  })

  it('expire also after close, and leave no timer behind', () => {
    const timer = manualTimer()
    const deadlines = new Deadlines(100, timer)
    const expired: number[] = []
    const begun = [1, 2, 3].map((number) => deadlines.begin(() => expired.push(number)))

    deadlines.close()
    for (const ended of begun.slice(0, 2)) deadlines.end(ended)
    const meanwhile = timer.waits
    timer.advance(1_000)

    expect(meanwhile).toEqual([100])
    expect(expired).toEqual([3])
    expect(timer.waits).toEqual([])
  })

  it('leave no timer at once where nothing is left at close', () => {
    const timer = manualTimer()
    const deadlines = new Deadlines(100, timer)
    const last = deadlines.begin(() => {})

    deadlines.close()
    const waiting = timer.waits
    deadlines.end(last)

    expect([waiting, timer.waits]).toEqual([[100], []])
  })
})
