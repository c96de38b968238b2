import { describe, expect, it } from 'vitest'
import { parseDecimal, plainText } from './decimal.ts'

describe('Decimal', () => {
  it.each([
    ['0.001', '0.001'],
    ['38970.0', '38970'],
    ['4161.06', '4161.06'],
    ['0.29', '0.29'],
    ['1.2500', '1.25'],
    ['007.50', '7.5'],
    ['1e-3', '0.001'],
    ['2.50e1', '25'],
    ['1E3', '1000'],
    ['0.1e+2', '10'],
    ['5.', '5'],
    ['0', '0'],
    ['0.000', '0'],
    ['0e9', '0'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
  ])('keeps %s exactly, as %s', (text, plain) => {
    const decimal = parseDecimal(text)

    expect(decimal && plainText(decimal)).toBe(plain)
  })

  it.each(['-11062.06', '-0.001', '-1e-3'])('knows that %s is below zero', (text) => {
    expect(parseDecimal(text)?.digits).toBeLessThan(0n)
  })

  it.each(['', ' ', '1 ', '1,5', '.', '--1', '1.2.3', 'e3', '1e', '0x10', 'NaN', 'Infinity', '١', '1e999'])(
    'knows that "%s" is no number',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined()
    },
  )
})
