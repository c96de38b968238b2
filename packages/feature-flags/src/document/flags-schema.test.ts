import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { invalidDocuments } from '../../test/document/invalid-documents.ts'
import { validDocuments } from '../../test/document/valid-documents.ts'
import { parseFlagDocument } from './parse-flag-document.ts'

const schema = JSON.parse(readFileSync(new URL('../../flags.schema.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
formats.default(ajv)
const validate = ajv.compile(schema)

describe('flags.schema.json', () => {
  it.each(Object.entries(validDocuments))('takes a document of %s', (_, document) => {
    const isValid = validate(document)

    expect(isValid || validate.errors).toBe(true)
  })

  it.each(Object.entries(validDocuments))('takes the one spelling of %s', (_, document) => {
    const isValid = validate(parseFlagDocument(document)._unsafeUnwrap())

    expect(isValid || validate.errors).toBe(true)
  })

  it.each(invalidDocuments.filter(({ byShape }) => byShape))('refuses $what', ({ document }) => {
    expect(validate(document)).toBe(false)
  })

  it('describes each field', () => {
    const undescribed = Object.entries<object>(schema.$defs).filter(
      ([name, definition]) => name !== 'conditions' && !('description' in definition),
    )

    expect(undescribed).toEqual([])
  })
})
