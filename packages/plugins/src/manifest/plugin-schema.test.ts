import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invalidManifests, leastManifest, validManifests } from '../../test/manifests.ts'
import { parseManifest } from './parse-manifest.ts'
import * as rules from './text-rule.ts'

const schema = JSON.parse(readFileSync(new URL('../../plugin.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema)
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('plugin.schema.json', () => {
  it.each(Object.entries(validManifests))('takes a manifest of %s', (_, manifest) => {
    const isValid = validate(manifest)

    expect(isValid || validate.errors).toBe(true)
  })

  it.each(invalidManifests.filter(({ byShape, manifest }) => byShape && manifest !== undefined))(
    'refuses $what',
    ({ manifest }) => {
      expect(validate(asJson(manifest))).toBe(false)
    },
  )

  it.each<[string, { readonly pattern: string; readonly maxLength: number }, rules.TextRule]>([
    ['id', schema.$defs.id, rules.nameRule],
    ['version', schema.properties.version, rules.versionRule],
    ['range', schema.$defs.range, rules.rangeRule],
    ['api', schema.properties.api, rules.apiRule],
    ['entry', schema.properties.entry, rules.entryRule],
    ['path', schema.$defs.capability.oneOf[1].properties.paths.items, rules.pathRule],
    ['variable', schema.$defs.capability.oneOf[2].properties.names.items, rules.environmentRule],
    ['integrity', schema.properties.integrity, rules.integrityRule],
    ['signature', schema.properties.signature, rules.signatureRule],
  ])('says of a text for %s what the parser says', (_, { pattern, maxLength }, rule) => {
    expect([pattern, maxLength]).toEqual([rule.pattern.source, rule.longest])
  })

  it('describes each field', () => {
    const undescribed = Object.entries<object>({ ...schema.properties, ...schema.$defs }).filter(
      ([, field]) => !('description' in field),
    )

    expect(undescribed).toEqual([])
  })

  it('takes whatever the parser takes', () => {
    const texts = [
      'demo.a',
      '*',
      '1.0.0',
      'plugin.cjs',
      '/data',
      '../x',
      'A',
      '',
      'trusted',
      'net',
      'service',
      'env',
    ]
    const text = fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 8 }))
    const part: fc.Arbitrary<unknown> = fc.oneof(
      text,
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(text, text, { maxKeys: 3 }),
      fc.array(
        fc.dictionary(fc.constantFrom('kind', 'id', 'paths', 'names'), fc.oneof(text, fc.array(text))),
        {
          maxLength: 3,
        },
      ),
    )
    const field = fc.constantFrom(...Object.keys(schema.properties), 'other', '__proto__')
    let taken = 0

    fc.assert(
      fc.property(fc.array(fc.tuple(field, part), { maxLength: 3 }), (changes) => {
        const manifest = asJson({ ...leastManifest, ...Object.fromEntries(changes) })
        const parsed = parseManifest(manifest, '')
        if (parsed.isErr()) return
        taken++
        expect(validate(manifest) || validate.errors).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })
})
