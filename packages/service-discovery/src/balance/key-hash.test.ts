import { describe, expect, it } from 'vitest'
import { keyHash } from './key-hash.ts'

describe('keyHash', () => {
  it('changes half of its bits with one letter, in either half of the word', () => {
    const flips: number[] = []
    for (let at = 0; at < 2_000; at++) {
      const changed = keyHash(`customer-${at}`, 7) ^ keyHash(`customer-${at + 1}`, 7)
      flips.push((changed >>> 0).toString(2).replaceAll('0', '').length)
    }

    const mean = flips.reduce((sum, bits) => sum + bits, 0) / flips.length

    expect(mean).toBeGreaterThan(15.5)
    expect(mean).toBeLessThan(16.5)
  })

  it('tells apart letters that differ in their upper byte only', () => {
    const hashes = new Set(['a', '\u0161', '\u0261', '\u0361'].map((text) => keyHash(text, 0)))

    expect(hashes.size).toBe(4)
  })

  it('gives places that have nothing to do with each other for two seeds', () => {
    let same = 0
    for (let at = 0; at < 10_000; at++) if (keyHash(`${at}`, 1) < 0 === keyHash(`${at}`, 2) < 0) same++

    expect(same).toBeGreaterThan(4_700)
    expect(same).toBeLessThan(5_300)
  })

  it('never changes: processes of two versions agree', () => {
    const hashes = ['', 'customer-7', '고객-7'].map((text) => keyHash(text, 1))

    // reckoned by another program, from the bytes of UTF-16 with the lower one first
    expect(hashes).toEqual([-524_484_821, 1_438_812_570, 87_023_293])
  })
})
