import { createContext, portOf } from '@ashlar/kernel'
import { Command, idempotency, idempotent, MediatorBuilder, transaction } from '@ashlar/mediator'
import { err, type Failure, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { InMemoryStorage } from './in-memory-storage.ts'

class PlaceOrder extends Command<{ orderId: string }, Failure<'SoldOut'>> {
  static readonly type = 'PlaceOrder'
  readonly type = 'PlaceOrder'
  readonly requestId: string
  constructor(requestId: string) {
    super()
    this.requestId = requestId
  }
}

function open() {
  const storage = new InMemoryStorage()
  const stock = { isSoldOut: false }
  const mediator = new MediatorBuilder()
    .use(transaction(storage))
    .use(idempotency(storage.idempotency, [idempotent(PlaceOrder, ({ requestId }) => requestId)]))
    .handle(PlaceOrder, async ({ requestId }, context) => {
      const events = portOf(context, 'events', storage.events)
      const placed = [{ type: 'OrderPlaced', data: { requestId } }]
      await orThrow(events.append({ stream: 'orders-1', expected: 'any', events: placed }, context))
      return stock.isSoldOut ? err(failure('SoldOut', 'no more tea')) : ok({ orderId: requestId })
    })
    .build()
  return { storage, stock, mediator }
}

describe('an idempotent command in a transaction of InMemoryStorage', () => {
  const context = createContext()

  it('has one effect, however many send it at once', async () => {
    const { mediator, storage } = open()

    const sending = Array.from({ length: 100 }, () => mediator.send(new PlaceOrder('r-1'), context))
    const results = await Promise.all(sending)

    expect(results.map((result) => result._unsafeUnwrap())).toEqual(results.map(() => ({ orderId: 'r-1' })))
    expect(await storage.events.streamInfo('orders-1')).toMatchObject({ version: 1 })
  })

  it('leaves neither effect nor response after an Err, and runs again', async () => {
    const { mediator, storage, stock } = open()
    stock.isSoldOut = true

    const refused = await mediator.send(new PlaceOrder('r-1'), context)
    const left = [
      await storage.events.streamInfo('orders-1'),
      await storage.idempotency.prune({ before: Number.MAX_SAFE_INTEGER }),
    ]
    stock.isSoldOut = false

    expect(refused.isErr()).toBe(true)
    expect(left).toEqual([undefined, 0])
    expect((await mediator.send(new PlaceOrder('r-1'), context)).isOk()).toBe(true)
  })

  it('is answered apart for each tenant', async () => {
    const { mediator, storage } = open()
    const tenants = ['acme', 'globex']

    for (const tenantId of [...tenants, ...tenants])
      await orThrow(mediator.send(new PlaceOrder('r-1'), createContext({ tenantId })))

    const versions = tenants.map((id) => storage.forTenant(id).events.streamInfo('orders-1'))
    expect(await Promise.all(versions)).toMatchObject([{ version: 1 }, { version: 1 }])
  })
})
