/** A pattern as it is read from left to right; once refused, it is at its end. */
export class PatternText {
  /** What the pattern must be, where it is not. */
  refused: string | undefined
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  sees(start: string): boolean {
    return this.#text.startsWith(start, this.#at)
  }

  /** Goes behind the start where it is there. */
  take(start: string): boolean {
    const isThere = this.sees(start)
    if (isThere) this.#at += start.length
    return isThere
  }

  /** Goes behind what a sticky expression finds here. */
  takeMatch(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at
    const match = expression.exec(this.#text) ?? undefined
    this.#at += match?.[0].length ?? 0
    return match
  }

  /** The next character, a whole code point; empty at the end. */
  next(): string {
    const point = this.#text.codePointAt(this.#at)
    const character = point === undefined ? '' : String.fromCodePoint(point)
    this.#at += character.length
    return character
  }

  refuse(expected = 'a regular expression'): void {
    this.refused ??= expected
    this.#at = this.#text.length
  }
}
