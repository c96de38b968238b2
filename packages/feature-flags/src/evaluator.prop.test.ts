import { fixedClock } from '@ashlar/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Dice, fallingDice, oneOf, seededDice } from '../test/dice.ts'
import { randomContext } from '../test/random-context.ts'
import { moments, randomDocument } from '../test/random-document.ts'
import { referenceEvaluate } from '../test/reference-evaluator.ts'
import { parseFlagDocument } from './document/parse-flag-document.ts'
import { FeatureFlagEvaluator } from './evaluate/feature-flag-evaluator.ts'
import { defineFlags } from './flags/flag-set.ts'
import { semver } from './operators/semver.ts'

const numRuns = process.env.ASHLAR_DEEP ? 20_000 : 500
const pairs = process.env.ASHLAR_DEEP ? 200_000 : 10_000
const none = defineFlags({})

/** What the evaluator and the reference tell of all flags of one document to one context. */
function bothTell(dice: Dice) {
  const document = randomDocument(dice)
  const clock = fixedClock(oneOf(dice, moments))
  const context = randomContext(dice)
  const parsed = parseFlagDocument(document, { operators: semver })
  if (parsed.isErr()) expect.fail(parsed.error.message)
  const evaluator = new FeatureFlagEvaluator(none, {
    document: parsed.value,
    clock,
    operators: semver,
  })
  const told = Object.keys(document.flags).map((key) => {
    const { variant, reason, ruleId, failure } = evaluator.evaluate(key, context)
    return reason === 'ERROR' ? { reason, failure: failure?.type } : { variant, reason, ruleId }
  })
  const expected = Object.keys(document.flags).map((key) => {
    const { variant, reason, ruleId, failure } = referenceEvaluate(document, key, context, clock.now())
    return reason === 'ERROR' ? { reason, failure } : { variant, reason, ruleId }
  })
  return { document, context, told, expected }
}

describe('FeatureFlagEvaluator', () => {
  it('tells of any document and context what walking over the document tells', () => {
    fc.assert(
      fc.property(fallingDice, (dice) => {
        const { told, expected } = bothTell(dice)

        expect(told).toEqual(expected)
      }),
      { numRuns },
    )
  })

  it('tells so for a long row of documents and contexts that is the same each time', () => {
    const dice = seededDice(2026)
    const wrong: unknown[] = []
    const reasons = new Map<string, number>()

    for (let pair = 0; pair < pairs && wrong.length < 3; pair++) {
      const { document, context, told, expected } = bothTell(dice)
      if (JSON.stringify(told) !== JSON.stringify(expected)) wrong.push({ document, context, told, expected })
      for (const { reason } of told) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }

    expect(wrong).toEqual([])
    expect([...reasons.keys()].sort()).toEqual([
      'DEFAULT',
      'DISABLED',
      'ERROR',
      'HOLDOUT',
      'OTHER_LAYER_SLICE',
      'OUT_OF_SCHEDULE',
      'OVERRIDE',
      'PREREQUISITE_FAILED',
      'SPLIT',
      'STATIC',
      'TARGETING_MATCH',
    ])
  })
})
