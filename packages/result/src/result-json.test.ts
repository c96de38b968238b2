import { err, ok, type Result } from 'neverthrow'
import { describe, expect, it } from 'vitest'
import { failure } from './failure.ts'
import { fromJson, toJson } from './result-json.ts'

const throughText = (result: Result<unknown, unknown>) =>
  fromJson<unknown, unknown>(JSON.parse(JSON.stringify(toJson(result))))

describe('a Result as JSON', () => {
  it.each([42, null, '', false, { ok: false, error: 'not mine' }, [1, [2]]])(
    'keeps Ok of %o through text',
    (value) => {
      expect(throughText(ok(value))).toEqual(ok(value))
    },
  )

  it('keeps Ok of nothing through text', () => {
    expect(throughText(ok(undefined))).toEqual(ok(undefined))
  })

  it('keeps Err through text', () => {
    const refused = failure('CartEmpty', 'cart "c-1" is empty', { cartId: 'c-1' })

    expect(throughText(err(refused))).toEqual(err(refused))
  })

  it.each([
    [null],
    [undefined],
    ['ok'],
    [7],
    [[]],
    [{}],
    [{ ok: 'true', value: 1 }],
    [{ ok: 1 }],
    [{ value: 1 }],
    [JSON.parse('{"__proto__":{"ok":true}}')],
  ])('refuses %o', (garbage) => {
    expect(() => fromJson(garbage as never)).toThrow(/^a Result as JSON has "ok": true or false, found /)
  })

  it('shows only the start of what it refuses', () => {
    const garbage = { text: 'x'.repeat(100_000) } as never

    expect(() => fromJson(garbage)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,150}$/) }),
    )
  })
})
