/** A way in which the world writes user ids; see {@link syntheticUsers}. */
export type UserFamily = 'sequential' | 'numeric' | 'uuid' | 'hangul' | 'han' | 'emoji'

/** All families of {@link syntheticUsers}. */
export const userFamilies: readonly UserFamily[] = ['sequential', 'numeric', 'uuid', 'hangul', 'han', 'emoji']

/**
 * Ids of a family, all different, and the same ones in every run.
 *
 * Those in Hangul, Han and emoji are three letters long and count through their alphabets: neighbours differ in one
 * letter, which is where a poor hash shows.
 *
 * @param family - `sequential` (`user-1`), `numeric` (`100000001`), `uuid`, `hangul`, `han` or `emoji`
 * @param count - how many, whole number from 0
 * @returns the ids
 * @throws RangeError for a count that is not a whole number from 0
 * @example
 * ```ts
 * import { syntheticUsers } from '@ashlar/feature-flags/testing'
 *
 * console.log(syntheticUsers('sequential', 2)) // ['user-1', 'user-2']
 * console.log(new Set(syntheticUsers('hangul', 20_000)).size) // 20000
 * ```
 */
export function syntheticUsers(family: UserFamily, count: number): readonly string[] {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`count must be a whole number from 0, found ${count}`)
  const idOf = idsOf(family)
  return Array.from({ length: count }, (_, index) => idOf(index))
}

function idsOf(family: UserFamily): (index: number) => string {
  switch (family) {
    case 'sequential':
      return (index) => `user-${index + 1}`
    case 'numeric':
      return (index) => String(100_000_001 + index)
    case 'uuid':
      return uuidOf
    case 'hangul':
      return (index) => threeLetters(index, 0xac00, 11_172)
    case 'han':
      return (index) => threeLetters(index, 0x4e00, 20_992)
    case 'emoji':
      return (index) => threeLetters(index, 0x1f300, 464)
    default:
      return unknownFamily(family)
  }
}

/** The last letter changes first. */
function threeLetters(index: number, first: number, size: number): string {
  const letters = [Math.floor(index / size ** 2) % size, Math.floor(index / size) % size, index % size]
  return letters.map((letter) => String.fromCodePoint(first + letter)).join('')
}

/** Looks like version 4; the multipliers are odd, so no two indexes below 2^32 share their first eight digits. */
function uuidOf(index: number): string {
  const words = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f].map((odd) => hex(Math.imul(index + 1, odd)))
  const digits = words.join('')
  const variant = '89ab'[index % 4]
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-')
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

function unknownFamily(family: never): never {
  throw new RangeError(`expected a family of ids such as uuid, found ${String(family)}`)
}
