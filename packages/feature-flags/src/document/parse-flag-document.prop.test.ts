import { parseFlagDocument } from '@ashlar/feature-flags/document'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import schema from '../../flags.schema.json' with { type: 'json' }
import { flagDocument } from '../../test/flag-document.arbitrary.ts'

const numRuns = process.env.ASHLAR_DEEP ? 20_000 : 500

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false })
formats.default(ajv)
const validate = ajv.compile(schema)

describe('parseFlagDocument, over documents that are right', () => {
  it('takes each, as the schema does', () => {
    fc.assert(
      fc.property(flagDocument, (document) => {
        const result = parseFlagDocument(document)

        expect(result.isOk() || result.error.findings).toBe(true)
        expect(validate(document) || validate.errors).toBe(true)
      }),
      { numRuns },
    )
  })

  it('makes JSON that it reads as the same again', () => {
    fc.assert(
      fc.property(flagDocument, (document) => {
        const once = parseFlagDocument(document)._unsafeUnwrap()

        const again = parseFlagDocument(JSON.parse(JSON.stringify(once)))._unsafeUnwrap()

        expect(again).toStrictEqual(once)
        expect(JSON.stringify(again)).toBe(JSON.stringify(once))
        expect(validate(once) || validate.errors).toBe(true)
      }),
      { numRuns },
    )
  })

  it('finds whatever one part was replaced by, or reads it as right JSON', () => {
    const part = fc.oneof(
      fc.constantFrom(null, '', -1, 0.5, 'blue', true, '__proto__'),
      fc.object(),
      fc.array(fc.nat()),
    )
    fc.assert(
      fc.property(flagDocument, fc.nat(), part, (document, place, value) => {
        const result = parseFlagDocument(replaced(document, place, value))

        if (result.isErr()) expect(result.error.findings.length).toBeGreaterThan(0)
        else expect(parseFlagDocument(result.value)._unsafeUnwrap()).toStrictEqual(result.value)
      }),
      { numRuns },
    )
  })
})

/** The document with another value at one of its places. */
function replaced(document: object, place: number, value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(document))
  const places: (() => void)[] = []
  collect(copy)
  places[place % places.length]?.()
  return copy

  function collect(part: unknown): void {
    if (typeof part !== 'object' || part === null) return
    for (const [key, inner] of Object.entries(part)) {
      places.push(() => Object.assign(part, { [key]: value }))
      collect(inner)
    }
  }
}
