import { murmur3 } from './murmur3.ts'

/** What a salt makes of a hash: two salts draw independently, and no salt and unit run together. */
export function seedOf(salt: string): number {
  return murmur3(`${salt}\0`, 0)
}

/**
 * The first hash that lies beyond a share, exactly: a unit is within when its hash is lower.
 *
 * Nobody is within 0 of anything and everybody within all of it; a larger share of the same whole loses nobody.
 *
 * @param part - whole number from 0 to `whole`
 * @param whole - whole number from 1
 * @returns ⌈part · 2^32 / whole⌉
 */
export function shareEnd(part: number, whole: number): number {
  const parts = BigInt(whole)
  return Number((BigInt(part) * 4294967296n + parts - 1n) / parts)
}

/** The text that is drawn for: a text that is not empty, or a whole number as its digits. */
export function unitOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return Number.isSafeInteger(value) ? String(value) : undefined
}
