import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalManifest } from './canonical-manifest.ts'

describe('canonicalManifest', () => {
  it('sorts keys by their code units, at every depth, and writes no spaces', () => {
    const canonical = canonicalManifest({ b: [{ z: 1, a: -0 }], a: null, ö: 'é', '😀': 1e21, '￿': true })

    expect(canonical).toBe('{"a":null,"b":[{"a":0,"z":1}],"ö":"é","😀":1e+21,"￿":true}')
  })

  it('leaves out the signature, only of the manifest itself', () => {
    expect(canonicalManifest({ signature: 'x', contributes: { a: { signature: 'y' } } })).toBe(
      '{"contributes":{"a":{"signature":"y"}}}',
    )
  })

  it('is the same in whatever order the fields came, and says the same as the manifest', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (given) => {
        const { signature: _, ['__proto__']: __, ...manifest } = JSON.parse(JSON.stringify(given))
        const turned = Object.fromEntries(Object.entries(manifest).reverse())
        if (JSON.stringify(manifest).includes('__proto__')) return

        expect(canonicalManifest(turned as never)).toBe(canonicalManifest(manifest))
        expect(JSON.parse(canonicalManifest(manifest))).toEqual(manifest)
      }),
    )
  })
})
