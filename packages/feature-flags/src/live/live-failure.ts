import { type Failure, failure } from '@ashlar/result'
import type { InvalidFlagDocument } from '../document/parse-flag-document.ts'
import { reasonOf } from '../sources/reason-of.ts'

/** The source had no answer that could be read; `cause` is what it threw. */
export type FlagSourceUnavailable = Failure<'FlagSourceUnavailable', { source: string; cause: unknown }>

/** The source gave an older revision than the one in force, by whole numbers. */
export type StaleFlagRevision = Failure<
  'StaleFlagRevision',
  { source: string; current: string; found: string }
>

/** The source gave another document under the revision that is in force. */
export type FlagRevisionReused = Failure<'FlagRevisionReused', { source: string; revision: string }>

/** Why the last good document stays in force. */
export type ReloadFailure =
  | InvalidFlagDocument
  | FlagSourceUnavailable
  | StaleFlagRevision
  | FlagRevisionReused

export function flagSourceUnavailable(source: string, cause: unknown): FlagSourceUnavailable {
  const reason = reasonOf(cause)
  const message = reason.startsWith(`${source}: `) ? reason : `${source}: ${reason}`
  return failure('FlagSourceUnavailable', message, { source, cause })
}

export function staleFlagRevision(source: string, current: string, found: string): StaleFlagRevision {
  const message = `${source}: expected revision ${current} or a newer one, found ${found}`
  return failure('StaleFlagRevision', message, { source, current, found })
}

export function flagRevisionReused(source: string, revision: string): FlagRevisionReused {
  const message = `${source}: revision "${revision}" is in force with other content, expected another revision`
  return failure('FlagRevisionReused', message, { source, revision })
}
