/** How far counts are from what was expected, in the measure of Pearson. */
export function chiSquareOf(counts: Iterable<number>, expected: number): number {
  let sum = 0
  for (const count of counts) sum += (count - expected) ** 2 / expected
  return sum
}

/**
 * The probability that chance alone gives a χ² of at least so much: the upper regularised incomplete gamma function of
 * half the degrees of freedom, by its series or by its continued fraction.
 */
export function chiSquareTail(chiSquare: number, degrees: number): number {
  const [half, x] = [degrees / 2, chiSquare / 2]
  if (x === 0) return 1
  const front = Math.exp(half * Math.log(x) - x - logGammaOfHalf(degrees))
  return x < half + 1 ? 1 - front * seriesOf(half, x) : front * fractionOf(half, x)
}

/** Whether any of many probabilities is too small after Benjamini and Hochberg, with at most so many false alarms. */
export function alarms(probabilities: readonly number[], falseAlarms: number): number {
  const ascending = probabilities.toSorted((one, other) => one - other)
  return ascending.findLastIndex((p, place) => p <= (falseAlarms * (place + 1)) / probabilities.length) + 1
}

function seriesOf(half: number, x: number): number {
  let term = 1 / half
  let sum = term
  for (let at = half + 1; term > sum * 1e-17; at++) {
    term *= x / at
    sum += term
  }
  return sum
}

function fractionOf(half: number, x: number): number {
  let fraction = 0
  for (let at = 1_000; at > 0; at--) fraction = (at * (half - at)) / (x + 2 * at + 1 - half + fraction)
  return 1 / (x + 1 - half + fraction)
}

/** ln Γ(degrees / 2), from Γ(1) = 1 or Γ(½) = √π upwards. */
function logGammaOfHalf(degrees: number): number {
  let sum = degrees % 2 === 0 ? 0 : Math.log(Math.PI) / 2
  for (let at = degrees % 2 === 0 ? 1 : 0.5; at < degrees / 2; at++) sum += Math.log(at)
  return sum
}
