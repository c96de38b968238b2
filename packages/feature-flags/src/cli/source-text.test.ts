import { describe, expect, it } from 'vitest'
import { escaped, listOf, literal, prefixed, printed, propertyName, quoted } from './source-text.ts'

describe('quoted', () => {
  it.each([
    ['plain', "'plain'"],
    ["it's", "'it\\'s'"],
    ['back\\slash', "'back\\\\slash'"],
    ['two\nlines', "'two\\nlines'"],
    ['carriage\rreturn', "'carriage\\u000dreturn'"],
    ['\u2028\u2029', "'\\u2028\\u2029'"],
    ['right\u202eleft', "'right\\u202eleft'"],
    ['half \ud800', "'half \\ud800'"],
    ['\u{e0001}', "'\\udb40\\udc01'"],
    ['결제 🙂', "'결제 🙂'"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what a template would take for an expression
    ['*/ ${x} `', "'*/ ${x} `'"],
  ])('writes %j so that it reads back', (text, source) => {
    expect(quoted(text)).toBe(source)
  })

  it('is never more than one line of visible letters', () => {
    const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('')

    expect(quoted(all)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    expect(escaped('\u001b[31mred')).toBe('\\u001b[31mred')
  })
})

describe('propertyName', () => {
  it.each([
    ['name', 'name'],
    ['new-checkout', "'new-checkout'"],
    ['12', "'12'"],
    ['__proto__', "['__proto__']"],
    ['', "''"],
  ])('writes %j as %s', (name, source) => {
    expect(propertyName(name)).toBe(source)
  })
})

describe('printed', () => {
  it('keeps on one line what fits, and breaks the outermost list first', () => {
    const long = 'x'.repeat(50)
    const code = listOf('()', [literal({ a: long }), literal({ b: [long] })], 'call')

    expect(printed(literal({ a: 1, b: [], c: {}, d: null, e: -1.5, f: 'x' }))).toBe(
      "{ a: 1, b: [], c: {}, d: null, e: -1.5, f: 'x' }",
    )
    expect(printed(code)).toBe(`call(\n  { a: '${long}' },\n  { b: ['${long}'] },\n)`)
    expect(printed(prefixed('const x = ', code), 2)).toBe(
      `const x = call(\n    { a: '${long}' },\n    { b: ['${long}'] },\n  )`,
    )
  })

  it('holds its only argument tight', () => {
    const tall = { ...listOf('{}', ['a: 1']), tall: true }

    expect(printed(listOf('()', [tall], 'call'))).toBe('call({\n  a: 1,\n})')
  })
})
