import { err, type Failure, failure, ok, type Result } from '@ashlar/result'

export type InvalidQuantity = Failure<'InvalidQuantity', { readonly found: number }>

export const maxQuantity = 1_000_000

/** How many pieces; a whole number from 1. */
export function parseQuantity(quantity: number): Result<number, InvalidQuantity> {
  if (Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= maxQuantity) return ok(quantity)
  return err(
    failure(
      'InvalidQuantity',
      `a quantity must be a whole number from 1 to ${maxQuantity}, found ${quantity}`,
      {
        found: quantity,
      },
    ),
  )
}
