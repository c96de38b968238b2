import { describe, expect, it } from 'vitest'
import { RecentKeys } from './recent-keys.ts'

describe('RecentKeys', () => {
  it('finds a key new once', () => {
    const keys = new RecentKeys(10, Infinity)

    expect([keys.isNew('a', 0), keys.isNew('a', 1), keys.isNew('b', 2)]).toEqual([true, false, true])
  })

  it('never forgets what is asked for again and again', () => {
    const keys = new RecentKeys(10, Infinity)
    keys.isNew('often', 0)

    const forgotten = Array.from({ length: 1_000 }, (_, index) => {
      keys.isNew(`once-${index}`, index)
      return keys.isNew('often', index)
    })

    expect(forgotten).not.toContain(true)
  })

  it('forgets what was used least recently', () => {
    const keys = new RecentKeys(10, Infinity)
    for (let index = 0; index < 1_000; index++) keys.isNew(`key-${index}`, index)

    const known = Array.from({ length: 1_000 }, (_, index) => index).filter(
      (index) => !keys.isNew(`key-${index}`, 1_000),
    )

    expect(known.length).toBeLessThanOrEqual(10)
    expect(known.every((index) => index >= 990)).toBe(true)
  })

  it.each([1, 2, 3, 10])('works with room for %i', (max) => {
    const keys = new RecentKeys(max, Infinity)

    expect([keys.isNew('a', 0), keys.isNew('a', 0)]).toEqual([true, false])
  })

  it('forgets a key after its time, counted from when it was new', () => {
    const keys = new RecentKeys(10, 100)

    expect([0, 99, 100, 150, 199, 200].map((now) => keys.isNew('a', now))).toEqual([
      true,
      false,
      true,
      false,
      false,
      true,
    ])
  })

  it('keeps the time of a key that is asked for in the meantime', () => {
    const keys = new RecentKeys(2, 100)
    keys.isNew('a', 0)
    keys.isNew('b', 1)

    expect([keys.isNew('a', 50), keys.isNew('a', 100)]).toEqual([false, true])
  })

  it('forgets a key when told to', () => {
    const keys = new RecentKeys(10, Infinity)
    keys.isNew('a', 0)

    keys.forget('a')

    expect(keys.isNew('a', 1)).toBe(true)
  })
})
