import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnitPrice } from './unit-price.ts'

const thousandths = fc.bigInt({ min: 1n, max: 999_999_999_999n })
const lines = fc.array(fc.tuple(thousandths, fc.integer({ min: 1, max: 1_000_000 })), { maxLength: 20 })

describe('UnitPrice', () => {
  it('comes back from the text that it writes', () => {
    fc.assert(
      fc.property(thousandths, (amount) => {
        const text = `${amount / 1_000n}.${String(amount % 1_000n).padStart(3, '0')}`

        const price = UnitPrice.parse(text)._unsafeUnwrap()

        expect(price.thousandths).toBe(amount)
        expect(String(price)).toBe(text)
      }),
    )
  })

  it('sums up exactly, as whole numbers of thousandths would', () => {
    fc.assert(
      fc.property(lines, (amounts) => {
        const exact = amounts.reduce((sum, [amount, quantity]) => sum + amount * BigInt(quantity), 0n)

        const total = UnitPrice.total(
          amounts.map(([amount, quantity]) => ({ unitPrice: priceOf(amount), quantity })),
        )

        const twiceTheError = (total._unsafeUnwrap().minorUnits * 10n - exact) * 2n
        expect(twiceTheError).toBeGreaterThan(-10n)
        expect(twiceTheError).toBeLessThanOrEqual(10n)
      }),
    )
  })

  it('has a total that does not depend on the order of the lines', () => {
    fc.assert(
      fc.property(lines, (amounts) => {
        const forward = amounts.map(([amount, quantity]) => ({ unitPrice: priceOf(amount), quantity }))

        const [one, other] = [UnitPrice.total(forward), UnitPrice.total(forward.toReversed())]

        expect(one._unsafeUnwrap().equals(other._unsafeUnwrap())).toBe(true)
      }),
    )
  })

  it('refuses or takes any text, and throws for none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const parsed = UnitPrice.parse(text)

        expect(parsed.isErr() || parsed.value.thousandths > 0n).toBe(true)
      }),
    )
  })
})

function priceOf(amount: bigint): UnitPrice {
  return UnitPrice.restore(`${amount / 1_000n}.${String(amount % 1_000n).padStart(3, '0')}`)
}
