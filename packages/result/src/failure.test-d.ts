import { collect } from './collect.ts'
import { type AnyFailure, type Failure, failure } from './failure.ts'
import { Guard } from './guard.ts'
import { err, ok, orThrow, type Result } from './index.ts'

type CartEmpty = Failure<'CartEmpty', { cartId: string }>
type CartLocked = Failure<'CartLocked'>

export const made: CartEmpty = failure('CartEmpty', 'empty', { cartId: 'c-1' })
export const factless: CartLocked = failure('CartLocked', 'locked')
export const any: AnyFailure = made

// @ts-expect-error another type is another failure
export const other: CartEmpty = failure('CartLocked', 'locked', { cartId: 'c-1' })

// @ts-expect-error a fact is missing
export const missing: CartEmpty = failure('CartEmpty', 'empty')

// @ts-expect-error a fact of another type
export const wrong: CartEmpty = failure('CartEmpty', 'empty', { cartId: 1 })

const bare = { type: 'CartLocked', message: 'locked' }
// @ts-expect-error a bare literal has widened its type to string
export const widened: Result<never, CartLocked> = err(bare)

// @ts-expect-error "type" is no fact
failure('CartEmpty', 'empty', { type: 'Other' })

// @ts-expect-error "message" is no fact
failure('CartEmpty', 'empty', { message: 'other' })

// @ts-expect-error nobody changes a failure
made.cartId = 'c-2'

// @ts-expect-error nor its type
made.type = 'CartEmpty'

export function branch(refused: CartEmpty | CartLocked): string {
  switch (refused.type) {
    case 'CartEmpty':
      return refused.cartId
    case 'CartLocked':
      // @ts-expect-error this failure has no such fact
      return refused.cartId
  }
}

const collected = collect({
  street: Guard.against.nullOrWhiteSpace('12 Byron Row', 'street'),
  floor: Guard.against.notInteger(3, 'floor'),
  cart: ok(new Date(0)) as Result<Date, CartEmpty>,
})

if (collected.isOk()) {
  export_(
    collected.value.street.toUpperCase(),
    collected.value.floor.toFixed(),
    collected.value.cart.getTime(),
  )
  // @ts-expect-error nothing of that name was collected
  export_(collected.value.town)
  // @ts-expect-error values stand still
  collected.value.floor = 4
} else {
  const [first] = collected.error
  if (first?.type === 'CartEmpty') export_(first.cartId)
  if (first?.type === 'GuardFailed') export_(first.path)
  // @ts-expect-error no Result can fail so
  if (first?.type === 'CartLocked') export_(first)
}

const settled = await orThrow(ok(1) as Result<number, CartEmpty>)
export const value: number = settled.value
// @ts-expect-error what comes out of orThrow has no failure
export const error: CartEmpty = settled.error

// @ts-expect-error the failure of orThrow must be one
export const textual: Promise<unknown> = orThrow(err('just text'))

const items = Guard.against.empty([1, 2], 'items')
if (items.isOk()) export_(items.value[0].toFixed())

// @ts-expect-error a range of bigints does not hold numbers
export const mixed: unknown = Guard.against.outOfRange(1, 0n, 2n, 'quantity')

function export_(...used: readonly unknown[]): void {
  void used
}
