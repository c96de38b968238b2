import { Guard, type GuardFailure, type Result } from '@ashlar/result'

const printable = /^[^\p{Cc}\p{Cs}]*$/u

/** One line of text that may stand on a label or in a letter: not blank, no control characters; trimmed. */
export function parseTextLine(value: string, maxLength: number, path: string): Result<string, GuardFailure> {
  return Guard.against
    .wrongFormat(value, printable, maxLength, path)
    .andThen((text) => Guard.against.nullOrWhiteSpace(text, path))
}
