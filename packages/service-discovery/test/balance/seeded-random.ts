import type { Random } from '@ashlar/kernel'

/** The same chance for the same seed: Mulberry32, another generator than the balancers' own. */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0
      let bits = Math.imul(state ^ (state >>> 15), state | 1)
      bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
      return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
    },
  }
}
