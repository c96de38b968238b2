import type { AnyFailure, Result } from '@ashlar/result'
import type { SagaLogEntry } from '@ashlar/saga'

/** A part of many, and how many it has. */
export type Share = { readonly name: string; readonly count: number }

/** One line of an act. */
export type Line =
  | { readonly kind: 'fact'; readonly holds: boolean; readonly text: string; readonly found: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'split'; readonly text: string; readonly shares: readonly Share[] }
  | {
      readonly kind: 'step'
      readonly step: string
      readonly phase: SagaLogEntry['phase']
      readonly attempt: number
      readonly outcome: SagaLogEntry['outcome']
    }

/** Keeps what an act has to tell. */
export class Narrator {
  readonly #lines: Line[] = []

  get lines(): readonly Line[] {
    return this.#lines
  }

  /** Says something that can turn out wrong, and what was found. */
  fact(text: string, holds: boolean, found: unknown): void {
    this.#lines.push({ kind: 'fact', holds, text, found: String(found) })
  }

  /** Says what must come out as expected. */
  same<Value extends string | number>(text: string, found: Value, expected: Value): void {
    const holds = found === expected
    this.fact(text, holds, holds ? found : `${found}, expected ${expected}`)
  }

  /** Says that something is refused, why, and what to do about it. */
  refusal(text: string, result: Result<unknown, AnyFailure>, type: string, hint: string): void {
    const found = result.isErr() ? result.error.type : 'accepted'
    this.same(text, found, type)
    if (result.isErr()) this.note(`why: ${result.error.message}`)
    this.note(`fix: ${hint}`)
  }

  note(text: string): void {
    this.#lines.push({ kind: 'note', text })
  }

  /** Says how many fall to each side. */
  split(text: string, shares: readonly Share[]): void {
    this.#lines.push({ kind: 'split', text, shares })
  }

  /** Tells the steps of a saga, in the order of its log. */
  steps(log: readonly SagaLogEntry[]): void {
    for (const { step, phase, attempt, outcome } of log)
      this.#lines.push({ kind: 'step', step, phase, attempt, outcome })
  }
}
