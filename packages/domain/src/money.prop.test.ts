import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Currency, decimalsOf } from './money/currency.ts'
import type { Rounding } from './money/rounding.ts'
import { Money } from './money.ts'

const largest = 2n ** 63n - 1n
const currency = fc.constantFrom<Currency>('GBP', 'JPY', 'BHD', 'CLF')
const units = fc.oneof(fc.bigInt(-largest, largest), fc.bigInt(-1_000n, 1_000n))
const money = fc.tuple(units, currency).map(([minorUnits, code]) => Money.ofMinor(minorUnits, code))
const weight = fc.oneof(fc.nat({ max: 10 }), fc.maxSafeNat())
const weights = fc
  .array(weight, { minLength: 1, maxLength: 20 })
  .filter((list) => list.some((one) => one > 0))

describe('Money, whatever the amounts', () => {
  it('allocates parts that sum up, none against the sign of the whole, none further than one unit from its share', () => {
    fc.assert(
      fc.property(money, weights, (whole, shares) => {
        const parts = whole.allocate(shares)

        const total = shares.reduce((sum, share) => sum + BigInt(share), 0n)
        expect(parts.reduce((sum, part) => sum + part.minorUnits, 0n)).toBe(whole.minorUnits)
        for (const [index, part] of parts.entries()) {
          const distance = part.minorUnits * total - whole.minorUnits * BigInt(shares[index] ?? 0)
          expect(distance > -total && distance < total).toBe(true)
          expect(part.minorUnits * whole.minorUnits >= 0n).toBe(true)
          if (shares[index] === 0) expect(part.isZero).toBe(true)
        }
      }),
    )
  })

  it('survives JSON', () => {
    fc.assert(
      fc.property(money, (amount) => {
        const back = Money.fromJson(JSON.parse(JSON.stringify(amount)))._unsafeUnwrap()

        expect(back.equals(amount)).toBe(true)
        expect(amount.toJson().amount.split('.')[1]?.length ?? 0).toBe(decimalsOf(amount.currency))
      }),
    )
  })

  it('takes away what was added', () => {
    fc.assert(
      fc.property(units, units, currency, (one, other, code) => {
        const amount = Money.ofMinor(one, code)
        const sum = amount.plus(Money.ofMinor(other, code))
        const inRange = one + other <= largest && one + other >= -largest

        expect(sum.isOk()).toBe(inRange)
        if (sum.isOk())
          expect(sum.value.minus(Money.ofMinor(other, code))._unsafeUnwrap().equals(amount)).toBe(true)
      }),
    )
  })

  it('rounds to a neighbour, and to the nearer one where half is asked for', () => {
    const mode = fc.constantFrom<Rounding>('half-up', 'half-even', 'down', 'up', 'floor', 'ceiling')
    const factor = fc.integer({ min: -1_000, max: 1_000 })
    fc.assert(
      fc.property(
        fc.bigInt(-10_000n, 10_000n),
        factor,
        factor.filter((n) => n !== 0),
        mode,
        (minorUnits, numerator, denominator, rounding) => {
          const rounded = Money.ofMinor(minorUnits, 'GBP')
            .times({ numerator, denominator }, rounding)
            ._unsafeUnwrap()

          const exact = minorUnits * BigInt(numerator)
          const distance = rounded.minorUnits * BigInt(denominator) - exact
          const size = distance < 0n ? -distance : distance
          const unit = BigInt(Math.abs(denominator))
          expect(size < unit).toBe(true)
          if (rounding.startsWith('half')) expect(size * 2n <= unit).toBe(true)
        },
      ),
    )
  })

  it('never throws for text from outside, and reads only what it writes the same way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9.e+-]{1,50}$/)), currency, (text, code) => {
        const read = Money.of(text, code)

        if (read.isOk())
          expect(Money.fromJson(read.value.toJson())._unsafeUnwrap().equals(read.value)).toBe(true)
        else expect(read.error.type).toBe('InvalidMoney')
      }),
    )
  })
})
