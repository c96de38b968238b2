import type { Scalar } from './node.ts'

/**
 * Compares two values of one kind as every store does: text by code point, false before true.
 *
 * @param one - of the same kind as `other`
 * @param other - of the same kind as `one`
 * @returns a negative number, 0 or a positive number
 * @example
 * ```ts
 * import { compareScalars } from '@ashlar/specification'
 *
 * console.log(compareScalars('Z', 'a') < 0, compareScalars('\u{1F600}', '\uFFFD') > 0)
 * ```
 */
export function compareScalars(one: Scalar, other: Scalar): number {
  if (one === other) return 0
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other)
  return one < other ? -1 : 1
}

/** By code point, which is the order of UTF-8 bytes; JavaScript's own order is that of UTF-16 units. */
function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let index = 0; index < length; index++) {
    const a = one.charCodeAt(index)
    const b = other.charCodeAt(index)
    if (a === b) continue
    if (isSurrogate(a) === isSurrogate(b)) return a - b
    return isSurrogate(a) ? 1 : -1
  }
  return one.length - other.length
}

/**
 * Units of characters beyond U+FFFF, which come after all others; two that differ first in their second unit have the
 * same first one, so that comparing units is enough there.
 */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

/**
 * Makes the letters A to Z small, and nothing else: the one fold on which memory, SQLite and PostgreSQL agree.
 *
 * @param text - any
 * @returns the folded text
 * @example
 * ```ts
 * import { foldText } from '@ashlar/specification'
 *
 * console.log(foldText('ÄPFEL')) // Äpfel
 * ```
 */
export function foldText(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
}

/** Whether a text has the folded one at this place, without folding all of it. */
export function isFoldedAt(text: string, folded: string, place: number): boolean {
  if (place < 0 || place + folded.length > text.length) return false
  for (let index = 0; index < folded.length; index++) {
    const unit = text.charCodeAt(place + index)
    if ((unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit) !== folded.charCodeAt(index)) return false
  }
  return true
}
