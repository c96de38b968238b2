import { describe, expect, it } from 'vitest'
import { chiSquareSurvival } from './chi-square.ts'

/** By mpmath with 40 digits: gammainc(df / 2, x / 2, inf, regularized=True). */
const known: readonly (readonly [x: number, degreesOfFreedom: number, p: number])[] = [
  [0.5, 1, 0.4795001221869535],
  [3.841458820694124, 1, 0.05],
  [40, 1, 2.539628589470865e-10],
  [5.991464547107979, 2, 0.05],
  [1.2, 3, 0.753004311656458],
  [7.814727903251178, 3, 0.05],
  [4.35, 5, 0.5002001210077929],
  [0.001, 7, 0.9999999999997597],
  [29.5883, 10, 0.0009999994168089427],
  [98.9, 99, 0.4839287094238852],
  [148.2303, 99, 0.00100001085982641],
  [60, 99, 0.9993199970498485],
  [1000, 999, 0.48513148927490146],
  [1234.5, 999, 4.366605977028111e-7],
  [10100, 10000, 0.2390153252401751],
  [9000, 10000, 0.999999999999873],
]

describe('chiSquareSurvival', () => {
  it.each(known)('agrees with known values at χ² %s, df %s', (x, degreesOfFreedom, p) => {
    expect(Math.abs(chiSquareSurvival(x, degreesOfFreedom) - p)).toBeLessThan(1e-9)
  })

  it('keeps its digits far out in the tail', () => {
    expect(chiSquareSurvival(200, 1) / 2.088487583762545e-45).toBeCloseTo(1, 10)
    expect(chiSquareSurvival(40, 1) / 2.539628589470865e-10).toBeCloseTo(1, 10)
    expect(chiSquareSurvival(25_200, 3)).toBe(0)
  })

  it('is e^(−χ²/2) for two degrees of freedom', () => {
    for (let x = 0.01; x < 600; x *= 1.5)
      expect(chiSquareSurvival(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 10)
  })

  it('goes from 1 at 0 to 0 at infinity, and never rises', () => {
    const points = Array.from({ length: 400 }, (_, index) => chiSquareSurvival(index, 99))

    expect(chiSquareSurvival(0, 5)).toBe(1)
    expect(chiSquareSurvival(Infinity, 5)).toBe(0)
    expect(points.every((p, at) => at === 0 || p <= (points[at - 1] ?? 0))).toBe(true)
  })

  it.each([
    [-1, 1],
    [Number.NaN, 1],
    [1, 0],
    [1, 1.5],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses χ² %s with df %s', (x, degreesOfFreedom) => {
    expect(() => chiSquareSurvival(x, degreesOfFreedom)).toThrow(RangeError)
  })
})
