import { RemoteError } from './remote-error.ts'

/** What was thrown, in one line; whatever it is, nothing is thrown and at most 500 characters come back. */
export function reasonOf(thrown: unknown): string {
  try {
    if (thrown instanceof RemoteError) return thrown.message
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    return text.slice(0, 500)
  } catch {
    return 'something that has no text was thrown'
  }
}
