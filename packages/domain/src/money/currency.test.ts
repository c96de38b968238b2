import { describe, expect, it } from 'vitest'
import { type Currency, decimalsOf, isCurrency } from './currency.ts'

describe('Currency', () => {
  it.each<[Currency, number]>([
    ['GBP', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['BHD', 3],
    ['KWD', 3],
    ['CLF', 4],
  ])('%s has %i decimals', (currency, decimals) => {
    expect(decimalsOf(currency)).toBe(decimals)
  })

  it('knows the currencies that the platform knows, but for those withdrawn and the special drawing rights', () => {
    const unknown = Intl.supportedValuesOf('currency').filter((code) => !isCurrency(code))

    const withdrawn = ['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'ZWL']
    const notMinted = ['XDR', 'XSU', 'XUA', 'XAD']
    expect(unknown.filter((code) => ![...withdrawn, ...notMinted].includes(code))).toEqual([])
  })

  it.each(['gbp', 'XAU', '', 'toString', '__proto__', 42, null])('refuses %j', (code) => {
    expect(isCurrency(code)).toBe(false)
  })
})
