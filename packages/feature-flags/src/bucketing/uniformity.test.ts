import { fixedClock } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { chiSquareOf, chiSquareTail } from '../../test/chi-square.ts'
import { bucketing, documentOf, everybody, onOff } from '../../test/flag-document.ts'
import { idFamilies, oneSyllableIds } from '../../test/id-families.ts'
import type { DocumentedFlag, FlagServe } from '../document/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { defineFlags } from '../flags/flag-set.ts'

const million = 1_000_000
const users = process.env.ASHLAR_DEEP ? million : 100_000
const salts = 300
const buckets = Array.from({ length: 100 }, (_, at) => `bucket-${at}`)
const keys = ['checkout', 'new-checkout', 'price-experiment']

/** A flag whose hundred variants have a hundredth each. */
function inHundred(salt: string): DocumentedFlag {
  return {
    enabled: true,
    type: 'string',
    variants: Object.fromEntries(buckets.map((name) => [name, name])),
    bucketing: bucketing(salt),
    rules: [everybody({ split: Object.fromEntries(buckets.map((name) => [name, 1])) })],
  }
}

function evaluatorOf(flags: { readonly [key: string]: DocumentedFlag }) {
  return new FeatureFlagEvaluator(defineFlags({}), { document: documentOf(flags) })
}

/** How many of so many users get each variant. */
function countsOf(
  flag: DocumentedFlag,
  count: number,
  idOf: (index: number) => string,
): Map<unknown, number> {
  const evaluator = evaluatorOf({ flag })
  const counts = new Map<unknown, number>()
  for (let index = 0; index < count; index++) {
    const { value } = evaluator.evaluate('flag', { targetingKey: idOf(index) })
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return counts
}

const sequential = idFamilies.sequential as (index: number) => string
const cases = keys.flatMap((key) => Object.entries(idFamilies).map(([name, idOf]) => ({ key, name, idOf })))

describe('a draw', () => {
  it.each(cases)('spreads $name ids evenly over a hundred variants of $key', ({ key, idOf }) => {
    const counts = countsOf(inHundred(key), users, idOf)

    expect(counts.size).toBe(100)
    expect(chiSquareTail(chiSquareOf(counts.values(), users / 100), 99)).toBeGreaterThan(0.001)
  })

  it.each(keys)('spreads names of one syllable evenly over a hundred variants of %s', (key) => {
    const counts = countsOf(inHundred(key), oneSyllableIds.length, (index) => oneSyllableIds[index] as string)

    const expected = oneSyllableIds.length / 100
    expect(chiSquareTail(chiSquareOf(counts.values(), expected), 99)).toBeGreaterThan(0.001)
  })

  it('is neither less nor more even over many salts than chance is', () => {
    const size = users / 10
    const each = Array.from({ length: salts }, (_, at) => {
      const counts = countsOf(inHundred(`salt-${at}`), size, sequential)
      const lower = buckets.slice(0, 50).reduce((sum, name) => sum + (counts.get(name) ?? 0), 0)
      return {
        chiSquare: chiSquareOf(counts.values(), size / 100),
        z: (lower - size / 2) / Math.sqrt(size / 4),
      }
    })

    const [z, chiSquare] = [
      meanAndDeviation(each.map((one) => one.z)),
      meanAndDeviation(each.map((one) => one.chiSquare)),
    ]

    expect(Math.abs(z.mean)).toBeLessThan(3 / Math.sqrt(salts))
    expect(Math.abs(z.deviation - 1)).toBeLessThan(3 / Math.sqrt(2 * salts))
    expect(Math.abs(chiSquare.mean - 99)).toBeLessThan((3 * Math.sqrt(198)) / Math.sqrt(salts))
    expect(Math.abs(chiSquare.deviation / Math.sqrt(198) - 1)).toBeLessThan(0.15)
  })

  it('lets none of a million users in at 0 percent, and all of them at 100', () => {
    const nobody = onOff({ rules: [everybody({ split: { on: 0, off: 100 } })] })
    const all = onOff({ rules: [everybody({ split: { on: 100, off: 0 } })] })

    expect([...countsOf(nobody, million, sequential)]).toEqual([[false, million]])
    expect([...countsOf(all, million, sequential)]).toEqual([[true, million]])
  })

  it('lets ten of a million users in at a thousandth of a percent, give or take three deviations', () => {
    const flag = onOff({ rules: [everybody({ split: { on: 1, off: 99_999 } })] })

    const within = countsOf(flag, million, sequential).get(true) ?? 0

    expect(Math.abs(within - 10)).toBeLessThan(3 * Math.sqrt(10))
  })

  it('gives parts of unlike size their share', () => {
    const flag: DocumentedFlag = {
      ...onOff(),
      type: 'string',
      variants: { a: 'a', b: 'b', c: 'c', d: 'd' },
      rules: [everybody({ split: { a: 1, b: 29, c: 0, d: 70 } })],
    }

    const counts = countsOf(flag, users, sequential)

    const parts = [1, 29, 70].map((weight) => (users * weight) / 100)
    const sum = ['a', 'b', 'd'].reduce(
      (so, name, at) => so + ((counts.get(name) ?? 0) - (parts[at] as number)) ** 2 / (parts[at] as number),
      0,
    )
    expect(counts.has('c')).toBe(false)
    expect(chiSquareTail(sum, 2)).toBeGreaterThan(0.001)
  })
})

describe('a ramp', () => {
  it('removes nobody in a hundred steps from nobody to everybody', () => {
    const [start, end] = ['2026-01-01T00:00:00.000Z', '2026-01-01T01:40:00.000Z']
    const clock = fixedClock(start)
    const serve: FlagServe = { ramp: { variant: 'on', otherwise: 'off', from: 0, to: 100, start, end } }
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), {
      document: documentOf({ flag: onOff({ rules: [everybody(serve)] }) }),
      clock,
    })
    const size = users / 10
    const before = new Uint8Array(size)
    let removed = 0

    const shares = Array.from({ length: 101 }, () => {
      let within = 0
      for (let index = 0; index < size; index++) {
        const isOn = evaluator.evaluate('flag', { targetingKey: `user-${index}` }).value === true ? 1 : 0
        if (isOn < (before[index] as number)) removed++
        before[index] = isOn
        within += isOn
      }
      clock.advance(60_000)
      return within / size
    })

    expect(removed).toBe(0)
    expect([shares[0], shares[100]]).toEqual([0, 1])
    for (const [percent, share] of shares.entries())
      expect(Math.abs(share - percent / 100)).toBeLessThan(4 / (2 * Math.sqrt(size)))
  })
})

function meanAndDeviation(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, deviation: Math.sqrt(variance) }
}
