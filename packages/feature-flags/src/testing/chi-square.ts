/**
 * How often chance alone gives a χ² at least as large: the survival function of the χ² distribution.
 *
 * The regularised incomplete gamma function Q(df/2, χ²/2): its series below the mean, its continued fraction, evaluated
 * by Lentz's method, above (NIST DLMF 8.11.4 and 8.9.2; Press et al., Numerical Recipes, 6.2). An aid for tests: exact to
 * about ten digits for up to 10,000 degrees of freedom.
 *
 * @param chiSquare - from 0
 * @param degreesOfFreedom - whole number from 1
 * @returns a probability from 0 to 1
 * @throws RangeError for arguments out of range
 * @example
 * ```ts
 * import { chiSquareSurvival } from '@ashlar/feature-flags/testing'
 *
 * console.log(chiSquareSurvival(3.841459, 1).toFixed(4)) // 0.0500
 * ```
 */
export function chiSquareSurvival(chiSquare: number, degreesOfFreedom: number): number {
  if (!(chiSquare >= 0)) throw new RangeError(`χ² must be from 0, found ${chiSquare}`)
  if (!Number.isSafeInteger(degreesOfFreedom) || degreesOfFreedom < 1)
    throw new RangeError(`degrees of freedom must be a whole number from 1, found ${degreesOfFreedom}`)
  const shape = degreesOfFreedom / 2
  const x = chiSquare / 2
  if (x === 0) return 1
  if (x === Infinity) return 0
  const density = Math.exp(shape * Math.log(x) - x - logGamma(shape))
  return x < shape + 1 ? 1 - density * lowerSeries(shape, x) : density * upperFraction(shape, x)
}

/** Σ xⁿ / (a (a + 1) … (a + n)). */
function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape
  let sum = term
  for (let n = shape + 1; term > sum * Number.EPSILON; n++) {
    term *= x / n
    sum += term
  }
  return sum
}

/** 1 / (x + 1 − a − (1 − a) / (x + 3 − a − 2 (2 − a) / (…))). */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape
  let c = Infinity
  let d = 1 / b
  let fraction = d
  for (let n = 1, factor = 0; Math.abs(factor - 1) > 1e-15; n++) {
    const a = n * (shape - n)
    b += 2
    d = 1 / notZero(b + a * d)
    c = notZero(b + a / c)
    factor = c * d
    fraction *= factor
  }
  return fraction
}

/** Lentz's method divides by what may vanish on the way. */
function notZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value
}

/** Lanczos's approximation (g = 7, nine terms), good to 15 digits above ½. */
function logGamma(value: number): number {
  const z = value - 1
  const t = z + 7.5
  const sum = lanczos.reduce((so, far, k) => so + far / (z + k + 1), 0.9999999999998099)
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]
