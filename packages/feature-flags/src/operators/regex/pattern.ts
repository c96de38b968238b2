import type { CodePoints } from './code-points.ts'

/** A regular expression as a tree; each part knows how many instructions it takes. */
export type Pattern =
  | { readonly kind: 'points'; readonly points: CodePoints; readonly size: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly size: number }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[]; readonly size: number }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[]; readonly size: number }
  | {
      readonly kind: 'repeat'
      readonly part: Pattern
      readonly min: number
      readonly max: number
      readonly size: number
    }

/** What must be so between two characters: `^`, `$`, `\b` or `\B`. */
export type Assertion = 'start' | 'end' | 'boundary' | 'noBoundary'

export function points(points: CodePoints): Pattern {
  return { kind: 'points', points, size: 1 }
}

export function assertion(assertion: Assertion): Pattern {
  return { kind: 'assertion', assertion, size: 1 }
}

export function sequence(parts: readonly Pattern[]): Pattern {
  return { kind: 'sequence', parts, size: sizeOf(parts) }
}

/** All options but the last take a split before and a jump behind. */
export function choice(options: readonly Pattern[]): Pattern {
  return { kind: 'choice', options, size: sizeOf(options) + 2 * (options.length - 1) }
}

/** Repeating nothing is nothing; a copy that may be left out takes a split, an endless one a jump, too. */
export function repeat(part: Pattern, min: number, max: number): Pattern {
  if (part.size === 0) return part
  const optional = max === Number.POSITIVE_INFINITY ? part.size + 2 : (max - min) * (part.size + 1)
  return { kind: 'repeat', part, min, max, size: min * part.size + optional }
}

function sizeOf(parts: readonly Pattern[]): number {
  return parts.reduce((size, part) => size + part.size, 0)
}
