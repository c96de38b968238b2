import { describe, expect, it } from 'vitest'
import type { Currency } from './money/currency.ts'
import { CurrencyMismatchError, InvalidMoneyArgumentError } from './money/money-failure.ts'
import type { Rounding } from './money/rounding.ts'
import { Money } from './money.ts'

const gbp = (amount: string): Money => Money.of(amount, 'GBP')._unsafeUnwrap()
const largest = 2n ** 63n - 1n

describe('Money.of', () => {
  it.each<[string, Currency, bigint]>([
    ['12.34', 'GBP', 1234n],
    ['12.3', 'GBP', 1230n],
    ['12', 'GBP', 1200n],
    ['-0.01', 'GBP', -1n],
    ['-0', 'GBP', 0n],
    ['007.50', 'GBP', 750n],
    ['12.3400', 'GBP', 1234n],
    ['500', 'JPY', 500n],
    ['500.00', 'JPY', 500n],
    ['1.234', 'BHD', 1234n],
    ['92233720368547758.07', 'GBP', largest],
    ['-92233720368547758.07', 'GBP', -largest],
  ])('reads %s %s', (amount, currency, minorUnits) => {
    expect(Money.of(amount, currency)._unsafeUnwrap().minorUnits).toBe(minorUnits)
  })

  it.each<[unknown, unknown, string]>([
    ['', 'GBP', 'notDecimal'],
    [' 1', 'GBP', 'notDecimal'],
    ['1\n', 'GBP', 'notDecimal'],
    ['+1', 'GBP', 'notDecimal'],
    ['.5', 'GBP', 'notDecimal'],
    ['5.', 'GBP', 'notDecimal'],
    ['1,000.00', 'GBP', 'notDecimal'],
    ['NaN', 'GBP', 'notDecimal'],
    ['Infinity', 'GBP', 'notDecimal'],
    ['1e3', 'GBP', 'notDecimal'],
    ['0x10', 'GBP', 'notDecimal'],
    ['١٢', 'GBP', 'notDecimal'],
    [12.34, 'GBP', 'notDecimal'],
    [null, 'GBP', 'notDecimal'],
    ['1.005', 'GBP', 'tooPrecise'],
    ['1.5', 'JPY', 'tooPrecise'],
    ['1'.repeat(41), 'GBP', 'tooLong'],
    ['92233720368547758.08', 'GBP', 'outOfRange'],
    ['1', 'gbp', 'unknownCurrency'],
    ['1', 'XXX', 'unknownCurrency'],
    ['1', 'toString', 'unknownCurrency'],
    ['1', '__proto__', 'unknownCurrency'],
    ['1', undefined, 'unknownCurrency'],
  ])('refuses %j %j as %s', (amount, currency, problem) => {
    const refused = Money.of(amount as string, currency as Currency)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'InvalidMoney', problem })
  })

  it('does not repeat a long text in its message', () => {
    const refused = Money.of('9'.repeat(1_000_000), 'GBP')

    expect(refused._unsafeUnwrapErr().message.length).toBeLessThan(200)
  })
})

describe('Money.ofMinor', () => {
  it('takes bigints and whole numbers', () => {
    expect(Money.ofMinor(1999, 'GBP').equals(Money.ofMinor(1999n, 'GBP'))).toBe(true)
    expect(Money.zero('GBP').equals(Money.ofMinor(-0, 'GBP'))).toBe(true)
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, largest + 1n, -largest - 1n])(
    'throws for %s',
    (units) => {
      expect(() => Money.ofMinor(units, 'GBP')).toThrow(InvalidMoneyArgumentError)
    },
  )

  it('throws for an unknown currency', () => {
    expect(() => Money.ofMinor(1, 'constructor' as Currency)).toThrow(InvalidMoneyArgumentError)
  })
})

describe('Money arithmetic', () => {
  it('adds and subtracts exactly what numbers do not', () => {
    expect(gbp('0.10').plus(gbp('0.20'))._unsafeUnwrap().equals(gbp('0.30'))).toBe(true)
    expect(gbp('0.10').minus(gbp('0.30'))._unsafeUnwrap().toString()).toBe('-0.20 GBP')
  })

  it('answers CurrencyMismatch for different currencies', () => {
    const euro = Money.ofMinor(1, 'EUR')

    const results = [
      gbp('1').plus(euro),
      gbp('1').minus(euro),
      gbp('1').compare(euro),
      Money.sum([euro], 'GBP'),
    ]

    const mismatch = { type: 'CurrencyMismatch', expected: 'GBP', found: 'EUR' }
    expect(results.map((result) => result._unsafeUnwrapErr())).toMatchObject([
      mismatch,
      mismatch,
      mismatch,
      mismatch,
    ])
  })

  it('answers MoneyOverflow beyond 63 bits, on either side', () => {
    const most = Money.ofMinor(largest, 'GBP')
    const penny = Money.ofMinor(1, 'GBP')

    const results = [
      most.plus(penny),
      most.negate().minus(penny),
      most.times(2),
      Money.sum([most, penny], 'GBP'),
    ]

    expect(results.map((result) => result._unsafeUnwrapErr().type)).toEqual(
      Array.from({ length: 4 }, () => 'MoneyOverflow'),
    )
    expect(
      most
        .minus(penny)
        .andThen((less) => less.plus(penny))
        ._unsafeUnwrap()
        .equals(most),
    ).toBe(true)
  })

  it('sums up a list; the sum may pass beyond the range on its way', () => {
    const most = Money.ofMinor(largest, 'GBP')

    expect(Money.sum([], 'GBP')._unsafeUnwrap().isZero).toBe(true)
    expect(Money.sum([most, most, most.negate()], 'GBP')._unsafeUnwrap().equals(most)).toBe(true)
  })

  it('multiplies by whole numbers and by ratios', () => {
    expect(gbp('19.99').times(3)._unsafeUnwrap().toString()).toBe('59.97 GBP')
    expect(gbp('19.99').times(-1n)._unsafeUnwrap().toString()).toBe('-19.99 GBP')
    expect(
      gbp('19.99').times({ numerator: 20, denominator: 100 }, 'half-up')._unsafeUnwrap().toString(),
    ).toBe('4.00 GBP')
  })

  it.each<[Rounding, readonly number[]]>([
    ['half-up', [3, 2, 2, 1, 0, 0, -1, -2, -2, -3]],
    ['half-even', [2, 2, 2, 1, 0, 0, -1, -2, -2, -2]],
    ['down', [2, 2, 1, 1, 0, 0, -1, -1, -2, -2]],
    ['up', [3, 3, 2, 2, 1, -1, -2, -2, -3, -3]],
    ['floor', [2, 2, 1, 1, 0, -1, -2, -2, -3, -3]],
    ['ceiling', [3, 3, 2, 2, 1, 0, -1, -1, -2, -2]],
  ])('rounds %s', (rounding, expected) => {
    const tenths = [25, 24, 16, 14, 4, -4, -14, -16, -24, -25]

    const rounded = tenths.map((units) =>
      Money.ofMinor(units, 'JPY').times({ numerator: 1, denominator: 10 }, rounding)._unsafeUnwrap(),
    )
    const byNegatives = tenths.map((units) =>
      Money.ofMinor(units, 'JPY').times({ numerator: -1, denominator: -10 }, rounding)._unsafeUnwrap(),
    )

    expect(rounded.map((money) => Number(money.minorUnits))).toEqual(expected)
    expect(byNegatives.map((money) => Number(money.minorUnits))).toEqual(expected)
  })

  it('throws for factors that are a bug', () => {
    const bugs = [
      () => gbp('1').times(0.2),
      () => gbp('1').times(Number.NaN),
      () => gbp('1').times({ numerator: 1, denominator: 0 }, 'down'),
      () => gbp('1').times({ numerator: 0.5, denominator: 2 }, 'down'),
      () => gbp('1').times({ numerator: 1, denominator: 3 }, 'nearest' as Rounding),
    ]

    for (const bug of bugs) expect(bug).toThrow(InvalidMoneyArgumentError)
  })

  it('gives the other sign, and none', () => {
    expect([gbp('-1').abs(), gbp('1').negate()].map(String)).toEqual(['1.00 GBP', '-1.00 GBP'])
    expect([gbp('-1').isNegative, gbp('0').isNegative, gbp('0').isZero, gbp('1').isPositive]).toEqual([
      true,
      false,
      true,
      true,
    ])
  })
})

describe('Money.allocate', () => {
  const parts = (units: number, weights: readonly number[]): readonly number[] =>
    Money.ofMinor(units, 'GBP')
      .allocate(weights)
      .map((part) => Number(part.minorUnits))

  it('gives what is left to the largest remainders, among equals to the first', () => {
    expect(parts(100, [1, 1, 1])).toEqual([34, 33, 33])
    expect(parts(5, [3, 7])).toEqual([2, 3])
    expect(parts(101, [50, 30, 20])).toEqual([51, 30, 20])
    expect(parts(10, [1, 5, 5])).toEqual([1, 5, 4])
    expect(parts(1, [0, 1, 1])).toEqual([0, 1, 0])
  })

  it('splits a debt as it would split the amount', () => {
    expect(parts(-100, [1, 1, 1])).toEqual([-34, -33, -33])
  })

  it.each<[readonly number[]]>([[[]], [[0, 0]], [[1, -1]], [[0.5]], [[Number.NaN]]])(
    'throws for weights %j',
    (weights) => {
      expect(() => parts(100, weights)).toThrow(InvalidMoneyArgumentError)
    },
  )
})

describe('Money comparison', () => {
  it('orders amounts of one currency', () => {
    const [less, more] = [gbp('9.00'), gbp('12.00')]

    expect(
      [less.compare(more), less.compare(less), more.compare(less)].map((order) => order._unsafeUnwrap()),
    ).toEqual([-1, 0, 1])
    expect([
      less.isLessThan(more),
      less.isAtMost(less),
      more.isGreaterThan(less),
      less.isAtLeast(less),
    ]).toEqual([true, true, true, true])
    expect([
      more.isLessThan(more),
      more.isAtMost(less),
      less.isGreaterThan(less),
      less.isAtLeast(more),
    ]).toEqual([false, false, false, false])
  })

  it('throws where true or false would hide that the currencies differ', () => {
    expect(() => gbp('1').isLessThan(Money.ofMinor(1, 'EUR'))).toThrow(CurrencyMismatchError)
  })

  it('throws instead of comparing and joining texts', () => {
    const [less, more] = [gbp('9.00'), gbp('12.00')] as unknown as readonly [number, number]

    expect(() => less < more).toThrow(InvalidMoneyArgumentError)
    expect(() => less + more).toThrow(InvalidMoneyArgumentError)
    expect(`${less}`).toBe('9.00 GBP')
  })
})

describe('Money as JSON', () => {
  it('keeps all decimals of its currency, whatever the locale', () => {
    const amounts = [
      gbp('12.3'),
      gbp('-0.05'),
      Money.ofMinor(5, 'JPY'),
      Money.ofMinor(-5, 'BHD'),
      Money.ofMinor(1, 'CLF'),
    ]

    expect(amounts.map((money) => money.toJson().amount)).toEqual(['12.30', '-0.05', '5', '-0.005', '0.0001'])
    expect(JSON.stringify({ price: gbp('12.3') })).toBe('{"price":{"currency":"GBP","amount":"12.30"}}')
  })

  it.each([
    null,
    undefined,
    12,
    'GBP 12',
    [],
    {},
    { amount: '1' },
    { currency: 'GBP' },
    { currency: 'GBP', amount: 1 },
  ])('refuses %j', (json) => {
    expect(Money.fromJson(json)._unsafeUnwrapErr().type).toBe('InvalidMoney')
  })
})
