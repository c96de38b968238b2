import { describe, expect, it } from 'vitest'
import { documentOf, onOff } from '../../test/flag-document.ts'
import type { FlagDocument } from '../document/flag-document.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { FeatureFlagEvaluator } from './feature-flag-evaluator.ts'

const count = 1_000
const reloads = process.env.ASHLAR_DEEP ? 200 : 20
const keys = Array.from({ length: count }, (_, at) => `flag-${at}`)

/** A thousand flags that all serve the revision's own number to a country. */
function revisionOf(number: number): FlagDocument {
  const one = {
    ...onOff(),
    type: 'string' as const,
    variants: { on: `value ${number}`, off: 'off' },
    rules: [
      {
        id: `rule ${number}`,
        when: { attribute: 'country', operator: 'equals', value: 'KR' },
        serve: { variant: 'on' },
      },
    ],
  }
  return documentOf(Object.fromEntries(keys.map((key) => [key, one])), { revision: `${number}` })
}

const inKorea = { country: 'KR' }
const flags = defineFlags({})

describe('a document that is taken', () => {
  it('decides from the next question on, whole', () => {
    const set = defineFlags({ checkout: flag.boolean() })
    const evaluator = new FeatureFlagEvaluator(set, {
      document: documentOf({ checkout: onOff() }, { revision: '1' }),
    })

    evaluator.use(
      documentOf({ checkout: onOff({ defaultVariant: 'on' }), other: onOff() }, { revision: '2' }),
    )

    expect(evaluator.revision).toBe('2')
    expect(evaluator.enabled('checkout', {})).toBe(true)
    expect([...evaluator.keys()].sort()).toEqual(['checkout', 'other'])
  })

  it('leaves a snapshot as it was, flags that are gone and new ones, too', () => {
    const evaluator = new FeatureFlagEvaluator(flags, {
      document: documentOf({ old: onOff() }, { revision: '1' }),
    })
    const snapshot = evaluator.snapshot()

    evaluator.use(documentOf({ new: onOff() }, { revision: '2' }))

    expect(snapshot.revision).toBe('1')
    expect([...snapshot.keys()]).toEqual(['old'])
    expect(snapshot.evaluate('old', {})).toMatchObject({ ok: true, revision: '1' })
    expect(snapshot.evaluate('new', {})).toMatchObject({ ok: false, revision: '1' })
    expect(evaluator.snapshot().evaluate('old', {})).toMatchObject({ ok: false, revision: '2' })
  })

  it('is taken again when it was before', () => {
    const [one, two] = [revisionOf(1), revisionOf(2)]
    const evaluator = new FeatureFlagEvaluator(flags, { document: one })

    const told = [two, one, one, two].map((document) => {
      evaluator.use(document)
      return evaluator.evaluate('flag-7', inKorea).value
    })

    expect(told).toEqual(['value 2', 'value 1', 'value 1', 'value 2'])
  })

  it('is not taken in part when it can not be compiled', () => {
    const evaluator = new FeatureFlagEvaluator(flags, { document: revisionOf(1) })
    const half = revisionOf(2)
    const broken = {
      ...half.flags['flag-0'],
      rules: [{ id: 'r', when: { segment: 'nowhere' }, serve: { variant: 'on' } }],
    }

    expect(() =>
      evaluator.use({ ...half, flags: { ...half.flags, broken } as FlagDocument['flags'] }),
    ).toThrow(TypeError)

    expect(evaluator.revision).toBe('1')
    expect(new Set(keys.map((key) => evaluator.evaluate(key, inKorea).value))).toEqual(new Set(['value 1']))
  })
})

describe('a guard of the code that throws', () => {
  const isLong = (value: unknown): value is { title: string } => (value as { title: string }).title.length > 3
  const set = defineFlags({ banner: flag.json(isLong, { fallback: { title: 'Welcome' } }) })
  const banner = (value: { title?: string }, revision: string) =>
    documentOf({ banner: { ...onOff(), type: 'object', variants: { off: value } } }, { revision })

  it('has not accepted, and keeps no document from being taken', () => {
    const evaluator = new FeatureFlagEvaluator(set, { document: banner({ title: 'Sale' }, '1') })

    evaluator.use(banner({}, '2'))

    expect(evaluator.details('banner', {})).toMatchObject({
      ok: false,
      value: { title: 'Welcome' },
      revision: '2',
      failure: { type: 'FlagTypeMismatch', found: 'variant "off"' },
    })
  })
})

describe('readers of a snapshot', () => {
  it('see all of a thousand flags at one revision while documents come in between', async () => {
    const documents = [revisionOf(1), revisionOf(2), revisionOf(3)]
    const evaluator = new FeatureFlagEvaluator(flags, { document: documents[0] })
    let isLoading = true
    const torn: unknown[] = []

    const readers = Array.from({ length: 20 }, async (_, reader) => {
      let rounds = 0
      for (; isLoading || rounds === 0; rounds++) {
        const snapshot = evaluator.snapshot()
        const seen = new Set<unknown>()
        for (const [at, key] of keys.entries()) {
          const { value, revision, ruleId } = snapshot.evaluate(key, inKorea)
          seen.add(`${value} ${ruleId} ${revision} ${snapshot.revision}`)
          if ((at + reader) % 100 === 0) await Promise.resolve()
        }
        if (seen.size !== 1) torn.push([...seen])
        await new Promise(setImmediate)
      }
      return rounds
    })
    for (let reload = 1; reload <= reloads; reload++) {
      evaluator.use(documents[reload % 3] as FlagDocument)
      await new Promise(setImmediate)
    }
    isLoading = false
    const rounds = await Promise.all(readers)

    expect(torn).toEqual([])
    expect(Math.min(...rounds)).toBeGreaterThan(0)
  })

  it('would see two revisions if they asked the evaluator each time', () => {
    const evaluator = new FeatureFlagEvaluator(flags, { document: revisionOf(1) })

    const first = evaluator.evaluate('flag-0', inKorea).revision
    evaluator.use(revisionOf(2))

    expect(evaluator.evaluate('flag-1', inKorea).revision).not.toBe(first)
  })
})
