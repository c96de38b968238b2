import { fixedClock } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { type Dice, happens, oneOf, seededDice } from '../test/dice.ts'
import { randomContext } from '../test/random-context.ts'
import { moments, randomDocument } from '../test/random-document.ts'
import { FeatureFlagEvaluator } from './evaluate/feature-flag-evaluator.ts'
import { flag } from './flags/flag.ts'
import { defineFlags } from './flags/flag-set.ts'
import { semver } from './operators/semver.ts'

const pairs = process.env.ASHLAR_DEEP ? 1_000_000 : 100_000
const contextsPerDocument = 20

const reasons = new Set([
  'STATIC',
  'DEFAULT',
  'TARGETING_MATCH',
  'SPLIT',
  'DISABLED',
  'OVERRIDE',
  'OUT_OF_SCHEDULE',
  'PREREQUISITE_FAILED',
  'HOLDOUT',
  'OTHER_LAYER_SLICE',
  'ERROR',
])

/** One flag of random documents with the right type, one with another, one that is never there. */
const flags = defineFlags({
  f0: flag.string({ fallback: 'fallback' }),
  f1: flag.boolean({ fallback: true }),
  f2: flag.variants({ a: 'A', b: 'B', c: 'C' }, { fallback: 'a' }),
  absent: flag.number({ fallback: 7 }),
})

/** A context as random ones are, or one that is none, or one that throws somewhere. */
function anyContext(dice: Dice): unknown {
  if (happens(dice, 1, 50))
    return oneOf(dice, [undefined, null, 0, '', 'text', true, Symbol('none'), 1n, [], () => 1])
  const context = randomContext(dice)
  if (!happens(dice, 1, 20)) return context
  return Object.defineProperty(
    context,
    oneOf(dice, ['targetingKey', 'country', 'age', 'roles', 'timestamp']),
    {
      get: () => {
        throw context
      },
    },
  )
}

describe('FeatureFlagEvaluator', () => {
  it(`throws nothing and always has a reason, over ${pairs} pairs of document and context`, () => {
    const dice = seededDice(4)
    const wrong: unknown[] = []
    const seen = new Map<string, number>()

    for (let document = 0; document < pairs / contextsPerDocument; document++) {
      const evaluator = new FeatureFlagEvaluator(flags, {
        document: randomDocument(dice),
        clock: fixedClock(oneOf(dice, moments)),
        operators: semver,
      })
      const keys = [...evaluator.keys(), 'unknown']
      for (let pair = 0; pair < contextsPerDocument; pair++) {
        const context = anyContext(dice)
        for (const key of keys)
          try {
            const { ok, reason, failure, value, revision } = evaluator.evaluate(key, context)
            seen.set(failure?.type ?? reason, (seen.get(failure?.type ?? reason) ?? 0) + 1)
            const hasReason =
              reasons.has(reason) && ok === (reason !== 'ERROR') && ok === (failure === undefined)
            const isOfRevision = revision === evaluator.revision
            const isFallback =
              ok || !(key in flags.definitions) || value === flags.definitions[key as 'f0'].fallback
            if (!hasReason || !isOfRevision || !isFallback)
              wrong.push({ key, context, reason, failure, value })
          } catch (error) {
            wrong.push({ key, context, error })
          }
      }
    }

    expect(wrong).toEqual([])
    expect(
      [
        ...reasons,
        'BucketingKeyMissing',
        'InvalidEvaluationContext',
        'FlagNotFound',
        'FlagTypeMismatch',
      ].filter((each) => !seen.has(each)),
    ).toEqual(['ERROR'])
  })
})
