import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { Chance } from './chance.ts'

describe('Chance', () => {
  it('gives each number below a bound about as often as every other', () => {
    const chance = new Chance(seededRandom(1))
    const counts = new Array<number>(7).fill(0)

    for (let draw = 0; draw < 70_000; draw++) {
      const number = chance.below(7)
      counts[number] = (counts[number] ?? 0) + 1
    }

    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(counts).toHaveLength(7)
    // 1 in 10,000 is above it with six degrees of freedom
    expect(chiSquare).toBeLessThan(27.9)
  })

  it('gives another number than one, each of the others about as often', () => {
    const chance = new Chance(seededRandom(2))
    const counts = new Array<number>(5).fill(0)

    for (let draw = 0; draw < 40_000; draw++) {
      const number = chance.otherThan(2, 5)
      counts[number] = (counts[number] ?? 0) + 1
    }

    expect(counts[2]).toBe(0)
    expect(Math.min(...counts.filter((_, at) => at !== 2))).toBeGreaterThan(9_600)
  })

  it.each([0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'is not stuck where it is begun by %d',
    (next) => {
      const chance = new Chance({ next: () => next })

      const bits = new Set(Array.from({ length: 1_000 }, () => chance.bits()))

      expect(bits.size).toBe(1_000)
    },
  )

  it('goes its own way for each beginning', () => {
    const ways = Array.from({ length: 100 }, (_, seed) => new Chance(seededRandom(seed)).below(1_000_000))

    expect(new Set(ways).size).toBe(100)
  })
})
