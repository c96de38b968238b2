import { shown } from './shown.ts'
import { pathOf, type Trail } from './trail.ts'

/** What is wrong with one part of a document. */
export interface FlagFinding {
  /** Where it stands, such as `flags["new-checkout"].rules[2].when.all[0].operator`; empty for the document itself. */
  readonly path: string
  /** What could have stood there. */
  readonly expected: string
  /** What stood there, in a few words; never a long text. */
  readonly found: string
  /** What would mend it, where that is known. */
  readonly message?: string
}

/** Everything that is found in one document: the first so many as they are, the others as their number. */
export class Findings {
  readonly kept: FlagFinding[] = []
  readonly #most: number
  #more = 0

  constructor(most: number) {
    this.#most = most
  }

  /** How many there are. */
  get count(): number {
    return this.kept.length + this.#more
  }

  /** How many were not kept. */
  get more(): number {
    return this.#more
  }

  /** Notes that a value is not what it should be. */
  refuse(at: Trail | undefined, expected: string | Words, found: unknown, message?: string): undefined {
    this.tell(at, expected, () => shown(found), message)
  }

  /** Notes that something is not what it should be; words are only made when they are kept. */
  tell(at: Trail | undefined, expected: string | Words, found: Words, message?: string): undefined {
    if (this.kept.length >= this.#most) {
      this.#more++
      return
    }
    const wanted = typeof expected === 'string' ? expected : expected()
    const finding = { path: pathOf(at), expected: wanted, found: found() }
    this.kept.push(Object.freeze(message === undefined ? finding : { ...finding, message }))
  }
}

/** Makes words that may not be needed. */
type Words = () => string
