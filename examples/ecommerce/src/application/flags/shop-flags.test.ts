import { readFile } from 'node:fs/promises'
import { FeatureFlagEvaluator } from '@ashlar/feature-flags'
import { parseFlagDocument } from '@ashlar/feature-flags/document'
import {
  expectIndependent,
  expectOnlyAdded,
  expectShares,
  flagDistribution,
  syntheticUsers,
} from '@ashlar/feature-flags/testing'
import { describe, expect, it } from 'vitest'
import { tierNames } from '../../domain/customers/tier.ts'
import { shopFlags } from './shop-flags.ts'

const shipped = JSON.parse(await readFile(new URL('../../../flags.json', import.meta.url), 'utf8'))
const users = syntheticUsers('uuid', 10_000).map((targetingKey) => ({ targetingKey, tier: 'Basic' as const }))

describe('the flags of the shop', () => {
  it('are all in the document that comes with it, and nothing else is', () => {
    const document = parseFlagDocument(shipped, { flags: shopFlags })._unsafeUnwrap()

    expect(Object.keys(document.flags)).toEqual(Object.keys(shopFlags.definitions))
  })

  it('let cards pay, send by standard and show nobody anything early without a document', () => {
    const evaluator = new FeatureFlagEvaluator(shopFlags)
    const anybody = { targetingKey: 'ada' }

    expect(evaluator.enabled('pay-by-card', anybody)).toBe(true)
    expect(evaluator.value('express-shipping', anybody)).toBe('standard')
    expect(evaluator.enabled('early-access', anybody)).toBe(false)
  })

  it('split parcels 70 to 30, whatever else somebody gets', () => {
    const evaluator = evaluatorOf(shipped)

    const parcels = flagDistribution(evaluator, 'express-shipping', users)

    expectShares(parcels, { control: 0.7, treatment: 0.3 })
    expectIndependent(parcels, flagDistribution(evaluator, 'early-access', users))
  })

  it.each(tierNames)('show %s early what they should see', (tier) => {
    const crowd = users.map((user) => ({ ...user, tier }))

    const told = flagDistribution(evaluatorOf(shipped), 'early-access', crowd)

    const isBest = tier === 'Gold' || tier === 'Platinum'
    expectShares(told, isBest ? { on: 1 } : { on: 0.1, off: 0.9 })
  })

  it('take early access from nobody as it grows, and give it to all in the end', () => {
    const at = (percentageRollout: number) =>
      flagDistribution(evaluatorOf(withFlag('early-access', { percentageRollout })), 'early-access', users)

    const steps = [0, 10, 50, 99, 100].map(at)

    for (const [index, step] of steps.slice(1).entries()) expectOnlyAdded(steps[index] ?? step, step, 'on')
    expect([steps[0]?.counts.get('on'), steps.at(-1)?.counts.get('on')]).toEqual([undefined, users.length])
  })

  it('turn cards off for everybody by the switch alone', () => {
    const evaluator = evaluatorOf(withFlag('pay-by-card', { enabled: false }))

    expect(users.some((user) => evaluator.enabled('pay-by-card', user))).toBe(false)
  })
})

function evaluatorOf(input: unknown) {
  return new FeatureFlagEvaluator(shopFlags, { document: parseFlagDocument(input)._unsafeUnwrap() })
}

function withFlag(key: string, fields: object): unknown {
  return { ...shipped, flags: { ...shipped.flags, [key]: { ...shipped.flags[key], ...fields } } }
}
