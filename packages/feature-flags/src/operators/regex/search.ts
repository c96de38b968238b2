import { isIn, wordCharacters } from './code-points.ts'
import type { Instruction } from './compile-pattern.ts'
import type { Assertion } from './pattern.ts'

/**
 * Makes a function that tells whether a program matches somewhere in a text.
 *
 * All ways through the program are followed at once, character by character, and ways that meet become one: a text of
 * n characters takes at most n times the program's length, whatever the pattern (K. Thompson, "Regular Expression
 * Search Algorithm", Communications of the ACM 11/6, 1968; R. Cox, "Regular Expression Matching Can Be Simple And
 * Fast", 2007). The places are kept in lists that are made once; nothing in them outlives a search.
 */
export function searchOf(program: readonly Instruction[]): (text: string) => boolean {
  let here = new Places(program.length)
  let behind = new Places(program.length)
  return (text) => {
    here.clear()
    let before = none
    for (let at = 0; ; ) {
      const point = text.codePointAt(at) ?? none
      here.add(0)
      behind.clear()
      if (step(program, before, point, here, behind)) return true
      if (point === none) return false
      before = point
      at += point > 0xffff ? 2 : 1
      const used = here
      here = behind
      behind = used
    }
  }
}

/** No character: before the first and behind the last one. */
const none = -1

/** Places in a program, each once, in the order in which they were reached. */
class Places {
  readonly list: Int32Array
  length = 0
  readonly #reached: Uint32Array
  #round = 0

  constructor(size: number) {
    this.list = new Int32Array(size)
    this.#reached = new Uint32Array(size)
  }

  add(place: number): void {
    if (this.#reached[place] === this.#round) return
    this.#reached[place] = this.#round
    this.list[this.length++] = place
  }

  /** Rounds are counted, so that nothing has to be emptied; after 4 billion of them once. */
  clear(): void {
    this.length = 0
    this.#round = (this.#round + 1) >>> 0
    if (this.#round > 0) return
    this.#reached.fill(0)
    this.#round = 1
  }
}

/** Follows all places over one character, and those that need none at once; tells whether one is the end. */
function step(
  program: readonly Instruction[],
  before: number,
  point: number,
  here: Places,
  behind: Places,
): boolean {
  for (let next = 0; next < here.length; next++) {
    const place = here.list[next] as number
    const instruction = program[place] as Instruction
    switch (instruction.kind) {
      case 'point':
        if (instruction.point === point) behind.add(place + 1)
        break
      case 'points':
        if (isIn(instruction.points, point)) behind.add(place + 1)
        break
      case 'assertion':
        if (holds(instruction.assertion, before, point)) here.add(place + 1)
        break
      case 'split':
        here.add(place + 1)
        here.add(instruction.to)
        break
      case 'jump':
        here.add(instruction.to)
        break
      case 'match':
        return true
      default:
        instruction satisfies never
    }
  }
  return false
}

function holds(assertion: Assertion, before: number, point: number): boolean {
  switch (assertion) {
    case 'start':
      return before === none
    case 'end':
      return point === none
    case 'boundary':
      return isIn(wordCharacters, before) !== isIn(wordCharacters, point)
    case 'noBoundary':
      return isIn(wordCharacters, before) === isIn(wordCharacters, point)
    default:
      return assertion satisfies never
  }
}
