import { describe, expect, it } from 'vitest'
import type { Verdict } from './invariants.ts'
import { brokenFacts, isWell } from './is-well.ts'
import type { PlayedAct } from './story.ts'

const proven: Verdict = { name: 'one', holds: true, detail: '3 orders', checked: 3 }
const act = (...facts: readonly boolean[]): PlayedAct => ({
  number: 1,
  title: 'An act',
  lines: [
    ...facts.map((holds) => ({ kind: 'fact', holds, text: 'lamps', found: '1' }) as const),
    { kind: 'note', text: 'a note' },
  ],
})

describe('isWell', () => {
  it.each<[string, readonly Verdict[], readonly PlayedAct[], boolean]>([
    ['all is well', [proven, proven], [act(true), act(true, true)], true],
    ['an invariant is broken', [proven, { ...proven, holds: false }], [act(true)], false],
    ['an invariant had nothing to look at', [proven, { ...proven, checked: 0 }], [act(true)], false],
    ['a fact of the story does not hold', [proven], [act(true), act(true, false)], false],
  ])('decides when %s', (_, verdicts, acts, expected) => {
    expect(isWell(verdicts, acts)).toBe(expected)
  })
})

describe('brokenFacts', () => {
  it('counts the facts of all acts that do not hold', () => {
    expect(brokenFacts([act(true, false), act(), act(false, false)])).toBe(3)
  })
})
