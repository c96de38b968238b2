import { describe, expect, it } from 'vitest'
import { uuidv7, uuidv7Generator } from './id-generator.ts'
import { fixedClock } from './testing/fixed-clock.ts'

/** RFC 9562, 5.7: 48 bits of milliseconds, version 7, 12 bits, variant 10, 62 bits. */
const layout = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const msOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
const counterOf = (id: string) =>
  (BigInt(`0x${id.slice(15, 18)}`) << 30n) |
  (BigInt(`0x${id.slice(19, 23)}${id.slice(24, 28)}`) & 0x3fff_ffffn)
const filledWith = (byte: number) => (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(byte)
const take = (count: number, ids: { next(): string }) => Array.from({ length: count }, () => ids.next())

describe('uuidv7Generator', () => {
  it('keeps the layout of RFC 9562, whatever chance brings', () => {
    const all = [uuidv7Generator(), ...[0x00, 0xff, 0x55, 0xaa].map((byte) => filled(byte))].flatMap((ids) =>
      take(2_000, ids),
    )

    expect(all.filter((id) => !layout.test(id))).toEqual([])
  })

  it('never goes back in a million ids, however the clock jumps', () => {
    const start = Date.parse('2026-11-01T12:00:00Z')
    let calls = 0
    let highest = 0
    /** Seven ids in a millisecond; after each 2,500 the clock goes back, or on again, by 700 ms. */
    const now = () => {
      const ms = start + Math.floor(calls / 7) - (calls % 5_000 < 2_500 ? 0 : 700)
      calls++
      highest = Math.max(highest, ms)
      return new Date(ms)
    }
    const ids = uuidv7Generator({ clock: { now } })
    let inversions = 0
    let strangeMoments = 0
    let last = ''

    for (let count = 0; count < 1_000_000; count++) {
      const id = ids.next()
      if (id <= last) inversions++
      if (count % 100 === 0 && msOf(id) !== highest) strangeMoments++
      last = id
    }

    expect({ calls, inversions, strangeMoments }).toEqual({
      calls: 1_000_000,
      inversions: 0,
      strangeMoments: 0,
    })
  })

  it('never goes back in a hundred thousand ids by the clock of the machine', () => {
    const ids = take(100_000, uuidv7Generator())

    expect(ids.findIndex((id, index) => index > 0 && id <= (ids[index - 1] as string))).toBe(-1)
  })

  it('never gives an id twice', () => {
    expect(new Set(take(100_000, uuidv7Generator({ clock: fixedClock() }))).size).toBe(100_000)
  })

  it('puts the milliseconds of the clock in front', () => {
    const clock = fixedClock('2026-11-01T12:00:00.123Z')
    const ids = uuidv7Generator({ clock })

    const first = ids.next()
    clock.advance(1)

    expect(msOf(first)).toBe(Date.parse('2026-11-01T12:00:00.123Z'))
    expect(msOf(ids.next())).toBe(Date.parse('2026-11-01T12:00:00.124Z'))
  })

  it('writes small milliseconds with all their zeros', () => {
    expect(uuidv7Generator({ clock: fixedClock('1970-01-01T00:00:00.001Z') }).next()).toMatch(
      /^00000000-0001-7/,
    )
  })

  it('goes on with the last millisecond while the clock stands still or goes back', () => {
    const clock = fixedClock('2026-11-01T12:00:00.500Z')
    const ids = uuidv7Generator({ clock })
    const before = take(3, ids)

    clock.advance(-3_600_000)
    const after = take(3, ids)

    const all = [...before, ...after]
    expect(all.toSorted()).toEqual(all)
    expect(new Set(all.map(msOf))).toEqual(new Set([Date.parse('2026-11-01T12:00:00.500Z')]))
    clock.set('2026-11-01T12:00:00.501Z')
    expect(msOf(ids.next())).toBe(Date.parse('2026-11-01T12:00:00.501Z'))
  })

  it('gives ids in order on a machine whose clock stands before 1970', () => {
    const clock = fixedClock('1969-12-31T23:59:59.000Z')
    const ids = uuidv7Generator({ clock })
    const before = take(3, ids)
    clock.set('1970-01-01T00:00:00.001Z')

    const all = [...before, ids.next()]

    expect(all.filter((id) => !layout.test(id))).toEqual([])
    expect(all.toSorted()).toEqual(all)
  })

  it('carries from the low part of the counter into the high one', () => {
    const ids = uuidv7Generator({ clock: fixedClock(), randomBytes: filledWith(0xff) })

    const [first, second, third] = take(3, ids)

    expect(first?.slice(14)).toBe('77ff-bfff-ffffffffffff')
    expect(second?.slice(14)).toBe('7800-8000-0000ffffffff')
    expect(third?.slice(14)).toBe('7800-8000-0001ffffffff')
  })

  it('raises the counter by one for each further id of a millisecond', () => {
    const counters = take(1_000, uuidv7Generator({ clock: fixedClock() })).map(counterOf)

    expect(counters.map((counter) => counter - (counters[0] as bigint))).toEqual(
      counters.map((_, index) => BigInt(index)),
    )
  })

  it('starts each millisecond at random in the lower half of the counter, with room above', () => {
    const clock = fixedClock()
    const ids = uuidv7Generator({ clock })

    const starts = Array.from({ length: 2_000 }, () => {
      clock.advance(1)
      return counterOf(ids.next())
    })

    expect(starts.every((start) => start < 1n << 41n)).toBe(true)
    for (let bit = 0n; bit < 41n; bit++) {
      const set = starts.filter((start) => (start >> bit) & 1n).length
      expect(set, `bit ${bit} is sometimes set, sometimes not`).toSatisfy(
        (count: number) => count > 500 && count < 1_500,
      )
    }
  })

  it('does not use a random bit twice', () => {
    let next = 0
    const counting = (bytes: Uint8Array<ArrayBuffer>) => {
      for (const index of bytes.keys()) bytes[index] = next++ % 251
      return bytes
    }
    const clock = fixedClock()
    const ids = uuidv7Generator({ clock, randomBytes: counting })

    const [first, second] = take(2, {
      next() {
        clock.advance(1)
        return ids.next()
      },
    })

    expect(first?.slice(14)).toBe('7405-8607-080900010203')
    expect(second?.slice(28)).toBe('0a0b0c0d')
  })

  it('asks for fresh random bytes when they are used up', () => {
    let fills = 0
    const ids = uuidv7Generator({
      randomBytes: (bytes) => {
        fills++
        return crypto.getRandomValues(bytes)
      },
    })

    const tails = new Set(take(10_000, ids).map((id) => id.slice(-8)))

    expect(fills).toBeGreaterThan(1)
    expect(tails.size).toBeGreaterThan(9_990)
  })

  it('is there for all, made already', () => {
    expect(uuidv7.next()).toMatch(layout)
  })

  function filled(byte: number) {
    return uuidv7Generator({ randomBytes: filledWith(byte) })
  }
})
