import type { EventStore } from '@ashlar/event-store'
import type { UnitOfWork } from '@ashlar/kernel'
import type { IdempotencyStore } from '@ashlar/mediator'
import { err, failure, ok, type Result } from '@ashlar/result'
import type { SagaStore } from '@ashlar/saga'
import type { Fork, Forkable } from './forkable.ts'
import { InMemoryStorage, type InMemoryTransaction } from './in-memory-storage.ts'

type Orders = { readonly count: () => Promise<number> }
declare const orders: Forkable<Orders>
declare const unforkable: Orders

const storage = new InMemoryStorage({ ports: () => ({ orders }) })
export const unit: UnitOfWork<{
  readonly events: EventStore
  readonly sagas: SagaStore
  readonly idempotency: IdempotencyStore
}> = storage
export const keys: IdempotencyStore = storage.port('idempotency')
export const plain: UnitOfWork<InMemoryTransaction> = new InMemoryStorage()
export const events: EventStore = storage.port('events')
export const own: Orders = storage.port('orders')
export const fork: Fork<Orders> = orders.fork()
export const counted: Promise<Result<number, never>> = storage.transaction(async (tx) =>
  ok(await tx.orders.count()),
)
export const refused: Promise<Result<never, { readonly type: 'No'; readonly message: string }>> =
  storage.transaction(async () => err(failure('No', 'no')))

// @ts-expect-error there is no such port
storage.port('carts')

// @ts-expect-error nor in a transaction
export const missing: Promise<unknown> = storage.transaction(async (tx) => ok(await tx.carts.count()))

// @ts-expect-error a port that can't be forked can't be rolled back
export const unsound: unknown = new InMemoryStorage({ ports: () => ({ orders: unforkable }) })

// @ts-expect-error a transaction tells by a Result whether it is committed
export const untold: Promise<unknown> = storage.transaction(async () => 42)

// @ts-expect-error a transaction's work is asynchronous
export const sync: Promise<unknown> = storage.transaction(() => ok())

export const still: Promise<unknown> = storage.transaction(async (tx) => {
  // @ts-expect-error the ports of a transaction stand still
  tx.events = events
  return ok()
})

// @ts-expect-error a transaction is not transacted in
export const nested: Promise<unknown> = storage.transaction(async (tx) => tx.transaction(async () => ok()))

// @ts-expect-error a tenant has a name
storage.forTenant()
