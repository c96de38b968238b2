/**
 * MurmurHash3 x86 32 over the UTF-8 bytes of a text, without making them.
 *
 * A lone surrogate counts as U+FFFD, as `TextEncoder` has it.
 *
 * @param seed - 32 bits
 * @returns 32 bits with a sign, which the engine hands on without the heap; `>>> 0` makes 0 to 2^32 − 1 of them
 * @see Austin Appleby, https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function murmur3(text: string, seed: number): number {
  const whole = text.length & ~3
  let hash = seed
  let seen = 0
  let at = 0
  for (; at < whole; at += 4) {
    const a = text.charCodeAt(at)
    const b = text.charCodeAt(at + 1)
    const c = text.charCodeAt(at + 2)
    const d = text.charCodeAt(at + 3)
    seen |= a | b | c | d
    hash = mixed(hash, a | (b << 8) | (c << 16) | (d << 24))
  }
  let rest = 0
  for (let shift = 0; at < text.length; at++, shift += 8) {
    const unit = text.charCodeAt(at)
    seen |= unit
    rest |= unit << shift
  }
  return seen < 128 ? finished(hash ^ scrambled(rest), text.length) : overUtf8(text, seed)
}

function overUtf8(text: string, seed: number): number {
  let hash = seed
  let word = 0
  let length = 0
  for (let at = 0; at < text.length; at++) {
    let point = text.codePointAt(at) as number
    if (point > 0xffff) at++
    else if (point >> 11 === 0x1b) point = 0xfffd
    const more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
    const lead = more === 0 ? 0 : 0xff00 >> (more + 1)
    for (let left = more; left >= 0; left--) {
      const byte = left === more ? lead | (point >> (6 * left)) : 0x80 | ((point >> (6 * left)) & 0x3f)
      word |= (byte & 0xff) << (8 * (length & 3))
      length++
      if ((length & 3) === 0) {
        hash = mixed(hash, word)
        word = 0
      }
    }
  }
  return finished(hash ^ scrambled(word), length)
}

function mixed(hash: number, word: number): number {
  const next = hash ^ scrambled(word)
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0
}

function scrambled(word: number): number {
  const next = Math.imul(word, 0xcc9e2d51)
  return Math.imul((next << 15) | (next >>> 17), 0x1b873593)
}

function finished(hash: number, length: number): number {
  let next = hash ^ length
  next = Math.imul(next ^ (next >>> 16), 0x85ebca6b)
  next = Math.imul(next ^ (next >>> 13), 0xc2b2ae35)
  return next ^ (next >>> 16)
}
