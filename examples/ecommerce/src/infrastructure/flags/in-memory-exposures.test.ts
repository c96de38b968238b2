import type { Exposure } from '@ashlar/feature-flags'
import { describe, expect, it } from 'vitest'
import { InMemoryExposures } from './in-memory-exposures.ts'

const exposure: Exposure = {
  flag: 'express-shipping',
  variant: 'treatment',
  unit: 'ada',
  reason: 'SPLIT',
  revision: '1',
  at: '2026-01-01T00:00:00.000Z',
  attributes: { tier: 'Basic' },
}

describe('InMemoryExposures', () => {
  it('keeps exposures in their order, and what arrives again once, as it was first', async () => {
    const kept = new InMemoryExposures()

    await kept.record([exposure, { ...exposure, unit: 'bob' }])
    await kept.record([{ ...exposure, revision: '2', at: '2026-01-02T00:00:00.000Z' }])

    expect(kept.all).toEqual([exposure, { ...exposure, unit: 'bob' }])
  })

  it('keeps another variant, another reason and another flag apart', async () => {
    const kept = new InMemoryExposures()
    const others = [{ variant: 'control' }, { reason: 'OVERRIDE' }, { flag: 'early-access' }]

    await kept.record([exposure, ...others.map((other) => ({ ...exposure, ...other }))])

    expect(kept.all).toHaveLength(4)
  })

  it.each(['__proto__', 'constructor', '"],["', ''])('takes the unit %j for a unit', async (unit) => {
    const kept = new InMemoryExposures()

    await kept.record([{ ...exposure, unit }, exposure])

    expect(kept.all.map((each) => each.unit)).toEqual([unit, 'ada'])
  })
})
