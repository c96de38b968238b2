import type { Json } from '@ashlar/kernel'
import { sequentialIds } from '@ashlar/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepareAppend } from './prepare-append.ts'

const numRuns = process.env.ASHLAR_DEEP ? 50_000 : 1_000
const json = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>
const hasOwnProto = (value: Json): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some((part) => hasOwnProto(part as Json)))
const prepare = (data: Json) =>
  prepareAppend(
    { stream: 'cart-1', expected: 'any', events: [{ type: 'A', data }] },
    { ids: sequentialIds() },
  )
const isFrozenDeep = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozenDeep))

describe('prepareAppend', () => {
  it('keeps any JSON as JSON itself would carry it, frozen, and leaves what it was given alone', () => {
    fc.assert(
      fc.property(json, (data) => {
        fc.pre(!hasOwnProto(data))
        const text = JSON.stringify(data)

        const kept = prepare(data)._unsafeUnwrap()[0]?.events[0]?.data

        expect(kept).toStrictEqual(JSON.parse(text))
        expect(JSON.stringify(kept)).toBe(text)
        expect(isFrozenDeep(kept)).toBe(true)
        expect(JSON.stringify(data)).toBe(text)
      }),
      { numRuns },
    )
  })

  it('answers anything at all with a Result whose data JSON keeps', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withTypedArray: true,
          withSparseArray: true,
        }),
        (anything) => {
          const prepared = prepare(anything as Json)

          if (prepared.isErr()) expect(prepared.error.type).toBe('PayloadInvalid')
          else {
            const kept = prepared.value[0]?.events[0]?.data
            expect(kept).toStrictEqual(JSON.parse(JSON.stringify(kept)))
            expect(isFrozenDeep(kept)).toBe(true)
          }
        },
      ),
      { numRuns },
    )
  })
})
