import { describe, expect, it } from 'vitest'
import { parseFlagDocument } from '../document/parse-flag-document.ts'
import { changedFlags } from './changed-flags.ts'

const on = { enabled: true, type: 'boolean', variants: { on: true, off: false }, defaultVariant: 'on' }
const equals = (attribute: string, value: string) => ({ attribute, operator: 'equals', value })

/** Flags that use one of everything, and one that uses nothing. */
const before = {
  version: 1,
  revision: '1',
  segments: {
    korean: equals('country', 'KR'),
    testers: { any: [equals('email', 'a@b'), { segment: 'korean' }] },
  },
  layers: { checkout: { salt: 'l', by: 'targetingKey' }, other: { salt: 'o', by: 'targetingKey' } },
  holdouts: { winter: { weight: 1, of: 100, salt: 'w', by: 'targetingKey' } },
  flags: {
    alone: on,
    deep: { ...on, prerequisites: [{ flag: 'needs', in: ['on'] }] },
    held: { ...on, holdout: 'winter' },
    needs: { ...on, prerequisites: [{ flag: 'targeted', in: ['on'] }] },
    sliced: { ...on, layer: { id: 'checkout', range: [0, 5_000] } },
    targeted: {
      ...on,
      rules: [
        { id: 'r', when: { all: [{ not: { segment: 'testers' } }, equals('plan', 'pro')] }, serve: 'off' },
      ],
    },
  },
}
const parse = (document: unknown) => parseFlagDocument(document)._unsafeUnwrap()
const after = (change: (draft: typeof before) => unknown) => {
  const draft = structuredClone(before)
  change(draft)
  return changedFlags(parse(before), parse(draft))
}

describe('changedFlags', () => {
  it.each<[string, (draft: Record<string, Record<string, Record<string, unknown>>>) => unknown, string[]]>([
    ['nothing', () => {}, []],
    ['the revision', (draft) => Object.assign(draft, { revision: '2' }), []],
    ['one flag', ({ flags }) => Object.assign(flags?.alone ?? {}, { enabled: false }), ['alone']],
    [
      'a flag that others need',
      ({ flags }) => Object.assign(flags?.targeted ?? {}, { enabled: false }),
      ['deep', 'needs', 'targeted'],
    ],
    ['a flag that was added', ({ flags }) => Object.assign(flags ?? {}, { fresh: on }), ['fresh']],
    ['a flag that was removed', ({ flags }) => delete flags?.alone, ['alone']],
    [
      'a segment that a segment of a rule uses',
      ({ segments }) => Object.assign(segments?.korean ?? {}, { value: 'JP' }),
      ['deep', 'needs', 'targeted'],
    ],
    ['a layer', ({ layers }) => Object.assign(layers?.checkout ?? {}, { salt: 'm' }), ['sliced']],
    ['a layer that nobody uses', ({ layers }) => Object.assign(layers?.other ?? {}, { salt: 'm' }), []],
    ['a holdout', ({ holdouts }) => Object.assign(holdouts?.winter ?? {}, { weight: 2 }), ['held']],
    [
      'the order of flags',
      (draft) =>
        Object.assign(draft, { flags: Object.fromEntries(Object.entries(draft.flags ?? {}).reverse()) }),
      [],
    ],
  ])('tells who is touched by a change of %s', (_, change, expected) => {
    expect(after(change as never)).toEqual(expected)
  })

  it('tells all flags of a first document, sorted', () => {
    expect(changedFlags(undefined, parse(before))).toEqual(Object.keys(before.flags).sort())
  })

  it('gets along with many users of one segment, and deep conditions', () => {
    let deep: unknown = { segment: 's' }
    for (let level = 0; level < 30; level++) deep = { all: [deep] }
    const flags = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [
        `f${at}`,
        { ...on, rules: [{ id: 'r', when: deep, serve: 'off' }] },
      ]),
    )
    const documentOf = (value: string) => parse({ version: 1, segments: { s: equals('a', value) }, flags })

    expect(changedFlags(documentOf('x'), documentOf('y'))).toHaveLength(2_000)
  })
})
