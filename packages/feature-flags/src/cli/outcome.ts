/** What a command came to: its exit status, and what it says on the two streams. */
export interface Outcome {
  /** 0 for success, 1 for a bad document or file, 2 for a wrong call. */
  readonly status: 0 | 1 | 2
  readonly output: string
  readonly complaint: string
}

export function said(output: string): Outcome {
  return { status: 0, output, complaint: '' }
}

export function complained(status: 1 | 2, complaint: string): Outcome {
  return { status, output: '', complaint }
}
