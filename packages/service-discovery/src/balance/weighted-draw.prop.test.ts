import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { Chance } from './chance.ts'
import { WeightedDraw } from './weighted-draw.ts'

describe('WeightedDraw', () => {
  it('draws each place by its weight', () => {
    const draws = 20_000
    const weight = fc.integer({ min: 1, max: 200 })

    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 20 }), fc.integer(), (weights, seed) => {
        const draw = new WeightedDraw(Float64Array.from(weights), new Chance(seededRandom(seed)))
        const counts = new Array<number>(weights.length).fill(0)
        for (let left = draws; left > 0; left--) {
          const at = draw.next()
          counts[at] = (counts[at] ?? 0) + 1
        }

        const total = weights.reduce((sum, each) => sum + each, 0)
        for (const [at, each] of weights.entries()) {
          const expected = (draws * each) / total
          // seven standard deviations
          expect(Math.abs((counts[at] as number) - expected)).toBeLessThan(7 * Math.sqrt(expected) + 7)
        }
        expect(counts).toHaveLength(weights.length)
      }),
      { numRuns: 50 },
    )
  })

  it('draws the lightest beside the heaviest, seldom', () => {
    const draw = new WeightedDraw(Float64Array.of(65_535, 1), new Chance(seededRandom(4)))

    let lightest = 0
    for (let left = 65_536 * 20; left > 0; left--) lightest += draw.next()

    expect(lightest).toBeGreaterThan(4)
    expect(lightest).toBeLessThan(45)
  })
})
