import { describe, expect, it } from 'vitest'
import { UnitPrice } from './unit-price.ts'

const price = (text: string) => UnitPrice.restore(text)
const total = (...lines: readonly (readonly [string, number])[]) =>
  UnitPrice.total(lines.map(([text, quantity]) => ({ unitPrice: price(text), quantity })))

describe('UnitPrice', () => {
  it.each([
    ['2.55', '2.550'],
    ['0.001', '0.001'],
    ['0.125', '0.125'],
    ['7', '7.000'],
    ['007.5', '7.500'],
    ['999999999999.999', '999999999999.999'],
  ])('takes %s as %s', (text, written) => {
    expect(String(UnitPrice.parse(text)._unsafeUnwrap())).toBe(written)
  })

  it.each([
    ['nothing', ''],
    ['zero', '0'],
    ['zero with decimals', '0.000'],
    ['a negative price', '-1'],
    ['a plus sign', '+1'],
    ['an exponent', '1e3'],
    ['four decimals', '0.0001'],
    ['a dot at the end', '1.'],
    ['a dot in front', '.5'],
    ['two dots', '1.2.3'],
    ['a comma', '1,50'],
    ['a group sign', '1,000.00'],
    ['white space', ' 1'],
    ['a line feed', '1\n'],
    ['no number', 'NaN'],
    ['infinity', 'Infinity'],
    ['a hexadecimal number', '0x10'],
    ['digits of another script', '\u0661'],
    ['13 digits before the dot', '1000000000000'],
    ['100,000 digits', '1'.repeat(100_000)],
  ])('refuses %s', (_, text) => {
    const refused = UnitPrice.parse(text)._unsafeUnwrapErr()

    expect(refused).toMatchObject({ type: 'InvalidUnitPrice', found: text.slice(0, 20) })
    expect(refused.message.length).toBeLessThan(120)
  })

  it('rounds half up, once, after all lines are summed up', () => {
    const totals = [
      total(['0.125', 1]),
      total(['0.124', 1]),
      total(['0.125', 1], ['0.125', 1]),
      total(['0.004', 1], ['0.004', 1]),
      total(['0.333', 3]),
      total(),
    ]

    expect(totals.map((sum) => sum._unsafeUnwrap().minorUnits)).toEqual([13n, 12n, 25n, 1n, 100n, 0n])
  })

  it('answers a total that no store could keep with an overflow', () => {
    const largest = total(['999999999999.999', 92_233], ['720368547850.307', 1])
    const beyond = [
      total(['999999999999.999', 92_233], ['720368547850.308', 1]),
      total(['999999999999.999', 1_000_000]),
    ]

    expect(largest._unsafeUnwrap().minorUnits).toBe(2n ** 63n - 1n)
    for (const sum of beyond)
      expect(sum._unsafeUnwrapErr()).toMatchObject({ type: 'MoneyOverflow', currency: 'GBP' })
  })

  it('does not add up two currencies', () => {
    const lines = [
      { unitPrice: price('1'), quantity: 1 },
      { unitPrice: UnitPrice.restore('1', 'EUR'), quantity: 1 },
    ]

    expect(UnitPrice.total(lines)._unsafeUnwrapErr()).toMatchObject({
      type: 'CurrencyMismatch',
      expected: 'GBP',
      found: 'EUR',
    })
    expect(UnitPrice.total(lines.slice(1), 'EUR')._unsafeUnwrap().currency).toBe('EUR')
  })

  it('equals the same price written otherwise, and none of another currency', () => {
    expect(price('2.5').equals(price('2.500'))).toBe(true)
    expect(price('2.5').equals(price('2.501'))).toBe(false)
    expect(price('2.5').equals(UnitPrice.restore('2.5', 'EUR'))).toBe(false)
  })
})
