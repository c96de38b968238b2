import { describe, expect, it } from 'vitest'
import { oneOf, seededDice } from '../../test/dice.ts'
import { oneSyllableIds } from '../../test/id-families.ts'
import { referenceMurmur3 } from '../../test/reference-murmur3.ts'
import { murmur3 as murmur3Bits } from './murmur3.ts'

/** The hash as others write it, without a sign. */
const murmur3 = (text: string, seed: number): number => murmur3Bits(text, seed) >>> 0

const texts = process.env.ASHLAR_DEEP ? 100_000 : 10_000
/** The ranges that make one, two, three and four bytes, and halves of pairs. */
const ranges = [
  [0x00, 0x7f],
  [0x80, 0x7ff],
  [0x800, 0xd7ff],
  [0xd800, 0xdfff],
  [0xe000, 0xffff],
  [0x10000, 0x10ffff],
] as const

const published: readonly (readonly [string, number, number])[] = [
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['\0', 0, 0x514e28b7],
  ['\0\0', 0, 0x30f4c306],
  ['\0\0\0', 0, 0x85f0b427],
  ['\0\0\0\0', 0, 0x2362f9de],
  ['a', 0x9747b28c, 0x7fa09ea6],
  ['aa', 0x9747b28c, 0x5d211726],
  ['aaa', 0x9747b28c, 0x283e0130],
  ['aaaa', 0x9747b28c, 0x5a97808a],
  ['ab', 0x9747b28c, 0x74875592],
  ['abc', 0, 0xb3dd93fa],
  ['abc', 0x9747b28c, 0xc84a62dd],
  ['abcd', 0x9747b28c, 0xf0478627],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 0, 0xee925b90],
]

describe('murmur3', () => {
  it.each(published)('hashes %j under %i as is published, and so does the reference', (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash)
    expect(referenceMurmur3(text, seed)).toBe(hash)
  })

  it('hashes the same as the reference where the bytes are no text', () => {
    expect(referenceMurmur3(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0)).toBe(0x76293b50)
    expect(referenceMurmur3(Uint8Array.of(0x21, 0x43, 0x65, 0x87), 0)).toBe(0xf55b516b)
    expect(referenceMurmur3(Uint8Array.of(0x21, 0x43, 0x65), 0)).toBe(0x7e4a8634)
  })

  it('equals the reference for random texts of all lengths and scripts', () => {
    const dice = seededDice(1)
    const point = ([low, high]: readonly [number, number]) => low + dice.below(high - low + 1)
    const wrong: unknown[] = []

    for (let at = 0; at < texts; at++) {
      const scripts = dice.below(2) === 0 ? [oneOf(dice, ranges)] : ranges
      const points = Array.from({ length: at % 41 }, () => point(oneOf(dice, scripts)))
      const text = points.map((each) => String.fromCodePoint(each)).join('')
      const seed = dice.below(2 ** 32)

      if (murmur3(text, seed) !== referenceMurmur3(text, seed)) wrong.push({ text, seed })
    }

    expect(wrong).toEqual([])
  })

  it.each([
    ['an upper half alone', 'a\ud800b'],
    ['a lower half alone', 'a\udfffb'],
    ['an upper half at the end', 'abc\ud83d'],
    ['two halves the wrong way round', '\ude00\ud83d'],
  ])('hashes %s as U+FFFD', (_, text) => {
    expect(murmur3(text, 7)).toBe(murmur3(text.toWellFormed(), 7))
    expect(murmur3(text, 7)).toBe(referenceMurmur3(text, 7))
  })

  it('takes a seed with a sign or beyond 32 bits as its lowest 32 bits', () => {
    expect(murmur3('abc', -1)).toBe(murmur3('abc', 0xffffffff))
    expect(murmur3('한글', -1)).toBe(murmur3('한글', 0xffffffff))
  })

  it('tells all one-syllable ids of Hangul apart', () => {
    const hashes = new Set(oneSyllableIds.map((id) => murmur3(id, 0)))

    expect(hashes.size).toBe(oneSyllableIds.length)
  })

  it('hashes a text of a million units', () => {
    const [ascii, han] = ['x'.repeat(1_000_001), '用户'.repeat(500_001)]

    expect([murmur3(ascii, 3), murmur3(han, 3)]).toEqual([
      referenceMurmur3(ascii, 3),
      referenceMurmur3(han, 3),
    ])
  })
})
