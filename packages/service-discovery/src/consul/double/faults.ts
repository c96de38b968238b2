import type { Tables } from './tables.ts'

/** An answer that no Consul would give, or not now. */
export interface RawAnswer {
  /** 200 unless told. */
  readonly status?: number
  /** `application/json` and an index of 1 unless told. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is, piece by piece; nothing unless told. */
  readonly body?: string | Iterable<string | Uint8Array>
}

/** What is wrong now. */
export class Faults {
  hasLeader = true
  isHanging = false
  /** What a follower that lags behind still believes. */
  lagging: Tables | undefined
  index: 'right' | 'zero' | 'missing' = 'right'
  refusals: { status: 429 | 503; left: number } = { status: 429, left: 0 }
  raw: { answer: RawAnswer; left: number } | undefined

  /** Whether this request is one too many (C62). */
  takesRefusal(): boolean {
    if (this.refusals.left <= 0) return false
    this.refusals.left--
    return true
  }

  /** The answer that this request gets instead of the right one. */
  takeRaw(): RawAnswer | undefined {
    if (this.raw === undefined) return undefined
    const { answer } = this.raw
    this.raw.left--
    if (this.raw.left <= 0) this.raw = undefined
    return answer
  }
}
