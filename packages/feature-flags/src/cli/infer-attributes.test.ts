import { describe, expect, it } from 'vitest'
import { builtInOperators } from '../document/built-in-operators.ts'
import type { AttributeCondition, FlagCondition, FlagDocument } from '../document/flag-document.ts'
import { inferAttributes } from './infer-attributes.ts'

describe('inferAttributes', () => {
  it.each<[AttributeCondition, string]>([
    [{ attribute: 'x', operator: 'equals', value: 'KR' }, 'string'],
    [{ attribute: 'x', operator: 'equals', value: 5 }, 'number'],
    [{ attribute: 'x', operator: 'not_equals', value: true }, 'boolean'],
    [{ attribute: 'x', operator: 'in', values: ['a', 'b'] }, 'string'],
    [{ attribute: 'x', operator: 'not_in', values: [1, 2] }, 'number'],
    [{ attribute: 'x', operator: 'gte', value: 18 }, 'number'],
    [{ attribute: 'x', operator: 'before', value: '2026-01-01T00:00:00Z' }, 'date'],
    [{ attribute: 'x', operator: 'semver_gt', value: '1.2.3' }, 'string'],
    [{ attribute: 'x', operator: 'starts_with', value: 'a' }, 'string'],
    [{ attribute: 'x', operator: 'contains', value: 'a' }, 'string'],
    [{ attribute: 'xs', operator: 'contains', value: 'a' }, 'strings'],
    [{ attribute: 'roles', operator: 'contains', value: 'a' }, 'strings'],
    [{ attribute: 'address', operator: 'contains', value: 'a' }, 'string'],
    [{ attribute: 'x', operator: 'contains', value: 1 }, 'numbers'],
    [{ attribute: 'x', operator: 'contains_any', values: ['a'] }, 'strings'],
    [{ attribute: 'x', operator: 'contains_none', values: [1] }, 'numbers'],
    [{ attribute: 'x', operator: 'exists' }, 'string'],
    [{ attribute: 'xs', operator: 'exists' }, 'string'],
  ])('reads %j as %s', (condition, kind) => {
    expect([...inferred(condition).values()]).toEqual([kind])
  })

  it('takes the kind that answers all conditions', () => {
    const conditions: FlagCondition[] = [
      { attribute: 'x', operator: 'exists' },
      { not: { attribute: 'x', operator: 'contains', value: 'a' } },
      { any: [{ attribute: 'x', operator: 'contains_all', values: ['a', 'b'] }, { segment: 'none' }] },
      { attribute: 'names', operator: 'contains', value: 'a' },
      { not: { attribute: 'names', operator: 'equals', value: 'a' } },
    ]

    expect(inferred(...conditions)).toEqual(
      new Map([
        ['names', 'string'],
        ['x', 'strings'],
      ]),
    )
  })

  it('counts what users are drawn by, and leaves out what every context has', () => {
    const document = documentOf([{ attribute: 'environment', operator: 'equals', value: 'test' }])
    const draws: FlagDocument = {
      ...document,
      layers: { l: { salt: 'l', by: 'tenantId' } },
      holdouts: { h: { weight: 1, of: 10, salt: 'h', by: 'sessionId' } },
    }

    expect([...inferAttributes(draws, builtInOperators)._unsafeUnwrap().keys()]).toEqual([
      'sessionId',
      'tenantId',
    ])
  })

  it('reads as many conditions as a document may have', () => {
    const any = Array.from({ length: 500_000 }, () => ({ attribute: 'age', operator: 'gt', value: 18 }))

    expect(inferred({ any })).toEqual(new Map([['age', 'number']]))
  })

  it('says when no kind answers all of them', () => {
    const document = documentOf([
      { attribute: 'age', operator: 'gt', value: 18 },
      { attribute: 'age', operator: 'starts_with', value: '1' },
    ])

    expect(inferAttributes(document, builtInOperators)._unsafeUnwrapErr()).toEqual({
      type: 'ConflictingAttributeUse',
      message:
        'attribute "age": expected one kind for all conditions, found gt (number), starts_with (string)',
      attribute: 'age',
      uses: ['gt (number)', 'starts_with (string)'],
    })
  })
})

function inferred(...conditions: FlagCondition[]) {
  return inferAttributes(documentOf(conditions), builtInOperators)._unsafeUnwrap()
}

function documentOf(all: readonly FlagCondition[]): FlagDocument {
  return {
    version: 1,
    revision: '1',
    segments: { none: { all } },
    layers: {},
    holdouts: {},
    flags: {},
  }
}
