import { expect } from 'vitest'
import { type Files, findingsAbout, type Verdict } from './small-house.ts'

/** Planted files by path: the text of each, and what its guard must say about it. */
export type Faults = Readonly<Record<string, readonly [text: string, finding: string]>>

/** The files to plant. */
export function textsOf(faults: Faults): Files {
  return Object.fromEntries(Object.entries(faults).map(([file, [text]]) => [file, `${text}\n`]))
}

/** Every planted file is named, and with its own fault. */
export function expectEach(faults: Faults, verdict: Verdict): void {
  expect(verdict.passed).toBe(false)
  for (const [file, [, finding]] of Object.entries(faults))
    expect.soft(findingsAbout(file, verdict), file).toContain(finding)
}
