/** What a command came to: its exit status, and what it says on the two streams. */
export interface Outcome {
  /** 0 for success, 1 for a plugin that is not good, 2 for a wrong call. */
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

/** Text of others, without what a terminal would obey. */
export function escaped(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (letter) =>
    Array.from({ length: letter.length }, (_, at) => unit(letter.charCodeAt(at))).join(''),
  )
}

function unit(code: number): string {
  return code === 10 ? '\\n' : `\\u${code.toString(16).padStart(4, '0')}`
}
