import { seedOf } from '../src/bucketing/draw.ts'

/**
 * Finds an id of eight ASCII letters and signs that hashes to just this under a salt: MurmurHash3 undone from its end,
 * until the second word can be written.
 */
export function idWithHash(hash: number, salt: string): string {
  const beforeSecond = undoFinish(hash, 8)
  for (let first = 0; ; first++) {
    const start = first.toString(36).padStart(4, '0')
    const afterFirst = mixed(seedOf(salt), wordOf(start))
    const second = unscrambled(
      rotatedRight(Math.imul(beforeSecond - 0xe6546b64, inverse(5)), 13) ^ afterFirst,
    )
    const end = String.fromCharCode(...[0, 8, 16, 24].map((shift) => (second >>> shift) & 0xff))
    if (/^[!-~]{4}$/.test(end)) return start + end
  }
}

function undoFinish(hash: number, length: number): number {
  let word = hash
  word ^= word >>> 16
  word = Math.imul(word, inverse(0xc2b2ae35))
  word ^= (word >>> 13) ^ (word >>> 26)
  word = Math.imul(word, inverse(0x85ebca6b))
  return word ^ (word >>> 16) ^ length
}

function mixed(hash: number, word: number): number {
  const scrambled = Math.imul(rotatedRight(Math.imul(word, 0xcc9e2d51), 17), 0x1b873593)
  return (Math.imul(rotatedRight(hash ^ scrambled, 19), 5) + 0xe6546b64) | 0
}

function unscrambled(word: number): number {
  return Math.imul(rotatedRight(Math.imul(word, inverse(0x1b873593)), 15), inverse(0xcc9e2d51))
}

function rotatedRight(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

function wordOf(text: string): number {
  return [...text].reduceRight((word, sign) => (word << 8) | sign.charCodeAt(0), 0)
}

/** What undoes a multiplication by an odd number in 32 bits. */
function inverse(odd: number): number {
  let guess = odd
  for (let round = 0; round < 5; round++) guess = Math.imul(guess, 2 - Math.imul(odd, guess))
  return guess
}
