import { describe, expect, it } from 'vitest'
import { maxQuantity, parseQuantity } from './quantity.ts'

describe('A quantity', () => {
  it.each([1, 2, maxQuantity])('may be %d', (quantity) => {
    expect(parseQuantity(quantity)._unsafeUnwrap()).toBe(quantity)
  })

  it.each([0, -0, -1, 1.5, 0.999, maxQuantity + 1, 2 ** 53, Number.NaN, Infinity, -Infinity])(
    'may not be %d',
    (quantity) => {
      const refused = parseQuantity(quantity)._unsafeUnwrapErr()

      expect(refused).toMatchObject({ type: 'InvalidQuantity', found: quantity })
      expect(refused.message).toContain(`from 1 to ${maxQuantity}`)
    },
  )

  it.each(['3', null, true, [3], { valueOf: () => 3 }])(
    'may not be %j, whatever the types were told',
    (quantity) => {
      expect(parseQuantity(quantity as never).isErr()).toBe(true)
    },
  )
})
