import type { PayloadInvalid } from '@ashlar/event-store'
import type { PreparedAppend } from '@ashlar/event-store/adapter'
import { err, failure, ok, type Result } from '@ashlar/result'

/**
 * Refuses names with half a surrogate pair: SQLite keeps text as UTF-8, in which two such names would become the same.
 *
 * Data and metadata are not concerned, since JSON spells them out.
 */
export function refuseUnstorable(
  requests: readonly PreparedAppend[],
): Result<readonly PreparedAppend[], PayloadInvalid> {
  for (const { stream, events } of requests) {
    if (!stream.isWellFormed()) return err(malformed('stream', stream))
    for (const [index, { type, tags, subject }] of events.entries()) {
      if (!type.isWellFormed()) return err(malformed(`events[${index}].type`, type))
      if (subject?.isWellFormed() === false) return err(malformed(`events[${index}].subject`, subject))
      for (const tag of tags) if (!tag.isWellFormed()) return err(malformed(`events[${index}].tags`, tag))
    }
  }
  return ok(requests)
}

function malformed(path: string, text: string): PayloadInvalid {
  const expected = 'well-formed Unicode'
  const found = JSON.stringify(text.slice(0, 60))
  return failure('PayloadInvalid', `${path} must be ${expected}, found ${found}`, { path, expected, found })
}
