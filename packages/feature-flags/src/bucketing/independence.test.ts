import { describe, expect, it } from 'vitest'
import { alarms, chiSquareOf, chiSquareTail } from '../../test/chi-square.ts'
import { seededDice } from '../../test/dice.ts'
import { bucketing, documentOf, everybody, onOff } from '../../test/flag-document.ts'
import type { DocumentedFlag } from '../document/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'

const isDeep = process.env.ASHLAR_DEEP !== undefined
const pairs = isDeep ? 1_000 : 100
const users = 20_000
const half = (salt: string): DocumentedFlag =>
  onOff({ bucketing: bucketing(salt), rules: [everybody({ split: { on: 1, off: 1 } })] })

/** The probability that two halves of the same users meet as often as they do, if they are drawn by chance. */
function chanceOf(one: DocumentedFlag, other: DocumentedFlag, count: number = users): number {
  const flags = defineFlags({ one: flag.boolean(), other: flag.boolean() })
  const evaluator = new FeatureFlagEvaluator(flags, { document: documentOf({ one, other }) })
  const meetings = [0, 0, 0, 0]
  for (let index = 0; index < count; index++) {
    const context = { targetingKey: `user-${index}` }
    const cell = (evaluator.enabled('one', context) ? 1 : 0) + (evaluator.enabled('other', context) ? 2 : 0)
    meetings[cell] = (meetings[cell] as number) + 1
  }
  return chiSquareTail(chiSquareOf(meetings, count / 4), 3)
}

describe('two draws', () => {
  it('are independent for keys without likeness', () => {
    const dice = seededDice(7)
    const key = () => Array.from({ length: 4 + dice.below(20) }, () => dice.below(36).toString(36)).join('')

    const chances = Array.from({ length: pairs }, () => chanceOf(half(key()), half(key())))

    expect(alarms(chances, 0.01)).toBe(0)
  })

  it('are independent for keys that differ by their number', () => {
    const chances = Array.from({ length: pairs }, (_, at) =>
      chanceOf(half(`exp-${at + 1}`), half(`exp-${at + 2}`)),
    )

    expect(alarms(chances, 0.01)).toBe(0)
  })

  it('are independent for exp-1 and exp-2 over very many users', () => {
    expect(chanceOf(half('exp-1'), half('exp-2'), isDeep ? 4_000_000 : 400_000)).toBeGreaterThan(0.001)
  })

  it('of one salt are one draw, which the measure of independence sees', () => {
    expect(chanceOf(half('exp-1'), half('exp-1'))).toBe(0)
  })

  it('are independent where salt and id run together to the same text', () => {
    const [one, other] = [half('new'), half('new1')]
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document: documentOf({ one, other }) })
    const count = users * 10
    let alike = 0

    for (let index = 0; index < count; index++)
      if (
        evaluator.evaluate('one', { targetingKey: `1x${index}` }).value ===
        evaluator.evaluate('other', { targetingKey: `x${index}` }).value
      )
        alike++

    expect(chiSquareTail(chiSquareOf([alike, count - alike], count / 2), 1)).toBeGreaterThan(0.001)
  })
})

describe('the measure of chance', () => {
  it.each([
    [3.841458820694124, 1, 0.05],
    [10.827566170662733, 1, 0.001],
    [16.26623619623813, 3, 0.001],
    [5.991464547107979, 2, 0.05],
    [98.33414313635436, 99, 0.5],
    [148.2303552297863, 99, 0.001],
    [124.83922401853894, 80, 0.001],
  ])('gives χ² %f of %i degrees its published probability', (chiSquare, degrees, probability) => {
    expect(chiSquareTail(chiSquare, degrees)).toBeCloseTo(probability, 6)
  })

  it('counts what is too small among many as Benjamini and Hochberg do', () => {
    const published = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ]

    expect(alarms(published, 0.05)).toBe(4)
    expect(alarms([0.04, 0.5, 0.9], 0.05)).toBe(0)
  })
})
