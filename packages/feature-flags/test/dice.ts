import fc from 'fast-check'

/** Chance for whoever makes up documents and contexts. */
export interface Dice {
  /** A whole number from 0 to below `count`. */
  below(count: number): number
}

/** Dice that fall the same way whenever they begin with the same number; quick. */
export function seededDice(seed: number): Dice {
  let state = seed >>> 0
  return {
    below(count) {
      state = (state + 0x6d2b79f5) >>> 0
      let word = Math.imul(state ^ (state >>> 15), state | 1)
      word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
      return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * count)
    },
  }
}

/** Dice whose falls fast-check remembers and makes smaller. */
export const fallingDice: fc.Arbitrary<Dice> = fc
  .gen()
  .map((draw): Dice => ({ below: (count) => draw(fc.nat, { max: count - 1 }) }))

/** One of several. */
export function oneOf<Value>(dice: Dice, values: readonly Value[]): Value {
  return values[dice.below(values.length)] as Value
}

/** True in `parts` of `whole` falls. */
export function happens(dice: Dice, parts: number, whole: number): boolean {
  return dice.below(whole) < parts
}
