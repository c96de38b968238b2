/**
 * A text's place among all whole numbers of 32 bits: FNV-1a over its UTF-16 units, mixed as MurmurHash3 ends.
 *
 * The same in every process; no protection from somebody who chooses texts that meet.
 *
 * @param seed - another seed gives places that have nothing to do with each other
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function keyHash(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193)
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193)
  }
  return mix(hash)
}

/** Lets each bit sway all others. */
export function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
