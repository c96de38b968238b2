/**
 * A hash of 64 bits over words of 32, for telling inputs apart that were not made to look alike.
 *
 * Two lanes that each take every word by a round of MurmurHash3 (Austin Appleby, public domain,
 * https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp): the first by that of its variant x86_32, the
 * second by that of the second lane of x86_128. Both end as that does.
 */
export class WordHash {
  #first = 0
  #second = 0
  #words = 0

  /** Takes one word; of a larger number its lower 32 bits. */
  add(word: number): void {
    const first = Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
    const second = Math.imul(rotated(Math.imul(word, 0xab0e9789), 16), 0x38b34ae5)
    this.#first = (Math.imul(rotated(this.#first ^ first, 13), 5) + 0xe6546b64) | 0
    this.#second = (Math.imul(rotated(this.#second ^ second, 17), 5) + 0x0bcaa747) | 0
    this.#words++
  }

  /** Takes the text's length, then its UTF-16 units, two in a word. */
  addText(text: string): void {
    const { length } = text
    this.add(length)
    for (let at = 0; at < length; at += 2)
      this.add(text.charCodeAt(at) | (at + 1 < length ? text.charCodeAt(at + 1) << 16 : 0))
  }

  /** The hash of what was taken, as 11 characters from `0` to `o`; as numbers they would cost more time and memory. */
  digest(): string {
    const sum = (this.#first ^ this.#words) + (this.#second ^ this.#words)
    const first = mixed(sum)
    const second = mixed(sum + (this.#second ^ this.#words))
    return String.fromCharCode(
      character(first),
      character(first >>> 6),
      character(first >>> 12),
      character(first >>> 18),
      character(first >>> 24),
      character((first >>> 30) | (second << 2)),
      character(second >>> 4),
      character(second >>> 10),
      character(second >>> 16),
      character(second >>> 22),
      character(second >>> 28),
    )
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

/** Stands for six bits. */
function character(bits: number): number {
  return 48 + (bits & 63)
}

/** Lets each bit of a lane change all others. */
function mixed(lane: number): number {
  let word = lane
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return word ^ (word >>> 16)
}
