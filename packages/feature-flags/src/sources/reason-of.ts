/** What went wrong, in the words of whoever threw it; anything can be thrown, even what has no words. */
export function reasonOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return 'something without a message was thrown'
  }
}
