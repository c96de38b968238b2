import type { Random } from '@ashlar/kernel'

/**
 * Cheap chance for what is chosen at every call: a 32-bit xorshift, begun by the chance that was handed in.
 *
 * @see George Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (14), 2003
 */
export class Chance {
  // a number in a field may be put on the heap anew with each change, one in an array never is
  readonly #state = new Int32Array(1)

  constructor(random: Random) {
    // a state of 0 would stay 0 for ever
    this.#state[0] = Math.floor(random.next() * 2 ** 32) | 0 || 0x2545f491
    for (let round = 0; round < 8; round++) this.bits()
  }

  /** 32 chance bits as a whole number with a sign; never 0. */
  bits(): number {
    let bits = this.#state[0] as number
    bits ^= bits << 13
    bits ^= bits >>> 17
    bits ^= bits << 5
    this.#state[0] = bits
    return bits
  }

  /** A whole number from 0 up to but not `count`. */
  below(count: number): number {
    return Math.floor((this.bits() >>> 0) * (count / 2 ** 32))
  }

  /** A whole number from 0 up to but not `count` that isn't `one`; `count` is from 2. */
  otherThan(one: number, count: number): number {
    const other = this.below(count - 1)
    return other >= one ? other + 1 : other
  }
}
