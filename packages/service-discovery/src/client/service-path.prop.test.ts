import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { servicePath } from './service-path.ts'

/** Texts of what means something in a URL, and of what does not. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        '\\',
        '.',
        '..',
        ':',
        '@',
        '?',
        '#',
        '%',
        '%2e',
        '%2F',
        '\t',
        '\n',
        ' ',
        'http:',
        'inventory',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''))

describe('the path of a service', () => {
  it('is what a URL makes of it, and leads to no other host', () => {
    const base = 'http://10.0.0.1:8080'
    fc.assert(
      fc.property(
        fc.oneof(
          texts,
          texts.map((text) => `/${text}`),
        ),
        (input) => {
          let path: string
          try {
            path = servicePath('inventory', input)
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError)
            return
          }

          const url = new URL(base + path)
          const meant = new URL(input, input.startsWith('/') ? 'http://inventory' : undefined)

          expect(url.origin).toBe(base)
          expect(meant.host).toBe('inventory')
          expect(url.pathname + url.search).toBe(path)
          expect(meant.pathname + meant.search).toBe(path)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('takes no long for a long one', () => {
    const path = servicePath('inventory', `/${'a/.b//'.repeat(20_000)}é`)

    expect(path.endsWith('//%C3%A9')).toBe(true)
  })
})
