/**
 * Whether a value is a version as Semantic Versioning 2.0.0 writes it: no `v` before it, no zeros to fill it up.
 *
 * A text of more than 10,000 characters is none.
 */
export function isVersion(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 10_000 && version.test(value)
}

const version =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-z-][\da-z-]*)(\.(0|[1-9]\d*|\d*[a-z-][\da-z-]*))*)?(\+[\da-z-]+(\.[\da-z-]+)*)?$/i

const plus = 43
const hyphen = 45
const dot = 46
const nine = 57

/**
 * Tells which of two versions comes first: below 0 for the left one, above 0 for the right one, 0 where neither does.
 *
 * Numbers may be of any length, build metadata doesn't count, and nothing is allocated.
 *
 * @see https://semver.org/#spec-item-11
 */
export function compareVersions(left: string, right: string): number {
  let start = 0
  let isPrerelease = false
  let at = 0
  for (; left.charCodeAt(at) === right.charCodeAt(at); at++) {
    const code = left.charCodeAt(at)
    if (code === plus) return 0
    if (code === dot || (code === hyphen && !isPrerelease)) start = at + 1
    if (code === hyphen) isPrerelease = true
  }
  const end = endOf(left, start, isPrerelease)
  const otherEnd = endOf(right, start, isPrerelease)
  if (end * otherEnd < 0) return otherEnd - end
  if (end > 0 && end !== otherEnd) return end - otherEnd
  return weightOf(left, at, isPrerelease) - weightOf(right, at, isPrerelease)
}

/** Where the identifier that begins at `start` ends; below 0 for one that is no number. */
function endOf(text: string, start: number, isPrerelease: boolean): number {
  let sign = 1
  for (let at = start; ; at++) {
    const weight = weightOf(text, at, isPrerelease)
    if (weight < 2) return at * sign
    if (weight < dot || weight > nine) sign = -1
  }
}

/** The code of a character within an identifier; for its end 0 or 1: a prerelease is less, further identifiers are more. */
function weightOf(text: string, at: number, isPrerelease: boolean): number {
  const code = text.charCodeAt(at)
  if (code > dot || (code === hyphen && isPrerelease)) return code
  return code > plus === isPrerelease ? 1 : 0
}
