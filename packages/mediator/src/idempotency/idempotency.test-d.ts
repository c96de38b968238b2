import { err, type Failure, ok } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Query } from '../query.ts'
import { idempotency, idempotent } from './idempotency.ts'
import type { IdempotencyFailure } from './idempotency-failure.ts'
import type { IdempotencyStore } from './idempotency-store.ts'

declare const store: IdempotencyStore

class PlaceOrder extends Command<{ orderId: string; lines: readonly { sku: string }[] }, Failure<'SoldOut'>> {
  static readonly type = 'PlaceOrder'
  readonly type = 'PlaceOrder'
  readonly requestId = 'r-1'
}

class OpenCart extends Command<void> {
  static readonly type = 'OpenCart'
  readonly type = 'OpenCart'
}

class FindCart extends Command<{ cartId: string } | undefined> {
  static readonly type = 'FindCart'
  readonly type = 'FindCart'
}

class Dated extends Command<{ at: Date }> {
  static readonly type = 'Dated'
  readonly type = 'Dated'
}

class Counted extends Command<bigint | undefined> {
  static readonly type = 'Counted'
  readonly type = 'Counted'
}

class Unsaid extends Command<unknown> {
  static readonly type = 'Unsaid'
  readonly type = 'Unsaid'
}

class CountCarts extends Query<number> {
  static readonly type = 'CountCarts'
  readonly type = 'CountCarts'
}

export const behaviour: Behaviour<'command', IdempotencyFailure> = idempotency(store, [
  idempotent(PlaceOrder, ({ requestId }) => requestId),
  idempotent(OpenCart, (_, { correlationId }) => correlationId),
  idempotent(FindCart, () => undefined),
])
export const byTenant: Behaviour<'command', IdempotencyFailure> = idempotency(() => store, [])

export const mediator = new MediatorBuilder()
  .use(behaviour)
  .handle(PlaceOrder, async () => err({ type: 'SoldOut', message: 'no more tea' }))
  .handle(CountCarts, async () => ok(1))
  .build()

declare const context: Parameters<typeof mediator.send>[1]
const placed = await mediator.send(new PlaceOrder(), context)
export const type:
  | 'SoldOut'
  | 'IdempotencyKeyReused'
  | 'IdempotencyKeyInFlight'
  | 'InvalidIdempotencyKey'
  | undefined = placed.isErr() ? placed.error.type : undefined

const counted = await mediator.send(new CountCarts(), context)
export const never: undefined = counted.isErr() ? counted.error : undefined

// @ts-expect-error a date would come back as a text
idempotent(Dated, () => 'k')

// @ts-expect-error JSON has no bigint
idempotent(Counted, () => 'k')

// @ts-expect-error nobody knows what it would be
idempotent(Unsaid, () => 'k')

// @ts-expect-error a query changes nothing
idempotent(CountCarts, () => 'k')

// @ts-expect-error a key is a text
idempotent(OpenCart, () => 42)

// @ts-expect-error the command has no such field
idempotent(OpenCart, ({ requestId }) => requestId)
