import { reasonOf } from '../reason-of.ts'

/** What was thrown, in one line, with the line of the file where it was, if the stack tells. */
export function reasonWithLine(thrown: unknown, file: string): string {
  const reason = reasonOf(thrown)
  const line = lineIn(thrown, file)
  return line === undefined ? reason : `${reason} (line ${line})`
}

function lineIn(thrown: unknown, file: string): string | undefined {
  try {
    const stack = thrown instanceof Error ? String(thrown.stack) : ''
    const at = stack.indexOf(`${file}:`)
    return at < 0 ? undefined : /^\d+/.exec(stack.slice(at + file.length + 1, at + file.length + 12))?.[0]
  } catch {
    return undefined
  }
}
