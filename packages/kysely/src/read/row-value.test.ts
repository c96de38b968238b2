import type { FieldKind } from '@ashlar/specification'
import { describe, expect, it } from 'vitest'
import { scalarOf } from './row-value.ts'

describe('what a driver gives', () => {
  it.each<[kind: FieldKind, raw: unknown, value: unknown]>([
    ['text', '42', '42'],
    ['number', '0.5', 0.5],
    ['number', 7n, 7],
    ['number', -0, 0],
    ['bigint', '9007199254740993', 9_007_199_254_740_993n],
    ['bigint', 5, 5n],
    ['bigint', -5n, -5n],
    ['boolean', 1, true],
    ['boolean', 0n, false],
    ['boolean', true, true],
    ['timestamp', new Date(1), '1970-01-01T00:00:00.001Z'],
    ['timestamp', '2026-01-31 13:00:00.001+01', '2026-01-31T12:00:00.001Z'],
    ['timestamp', '2026-01-31T12:00:00.001Z', '2026-01-31T12:00:00.001Z'],
    ['bigint', null, null],
    ['boolean', null, null],
    ['timestamp', undefined, null],
  ])('becomes a %s as the field keeps it, %#', (kind, raw, value) => {
    expect(scalarOf(kind, raw)).toBe(value)
  })
})
