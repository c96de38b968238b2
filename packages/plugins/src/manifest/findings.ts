import type { ManifestFinding } from './manifest-finding.ts'
import { shown } from './shown.ts'

/** The most findings of one manifest that are kept. */
const mostFindings = 100

/** Everything that is found in one manifest: the first so many as they are, the others as their number. */
export class Findings {
  readonly kept: ManifestFinding[] = []
  #more = 0

  /** How many were not kept. */
  get more(): number {
    return this.#more
  }

  /** Notes that a value is not what it should be. */
  refuse(path: string, expected: string, value: unknown): void {
    this.tell(path, expected, shown(value))
  }

  /** Notes that something is not what it should be, in words. */
  tell(path: string, expected: string, found: string): void {
    if (this.kept.length < mostFindings) this.kept.push(Object.freeze({ path, expected, found }))
    else this.#more++
  }
}
