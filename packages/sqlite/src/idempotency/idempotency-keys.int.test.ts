import { join } from 'node:path'
import { createContext } from '@ashlar/kernel'
import { Command, idempotency, idempotent, MediatorBuilder, transaction } from '@ashlar/mediator'
import { err, type Failure, failure, ok, orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary.ts'
import { SqliteStorage } from '../sqlite-storage.ts'

class PlaceOrder extends Command<{ orderId: string }, Failure<'SoldOut'>> {
  static readonly type = 'PlaceOrder'
  readonly type = 'PlaceOrder'
  readonly requestId: string
  constructor(requestId: string) {
    super()
    this.requestId = requestId
  }
}

const now = 1_767_225_600_000
const request = { key: 'k-1', fingerprint: 'a', now, leaseUntil: now + 1_000 }

describe('keys in a file', () => {
  const folder = temporaryFolder()
  const context = createContext()
  let path: string
  let storage: SqliteStorage

  beforeEach(async () => {
    path = join(folder(), 'a.db')
    storage = await SqliteStorage.open({ path, synchronous: 'normal' })
  })
  afterEach(() => storage.close())

  const held = async (tenantId?: string) => {
    const [port, whose] =
      tenantId === undefined
        ? [storage.idempotency, context]
        : [storage.forTenant(tenantId).idempotency, createContext({ tenantId })]
    const claim = await port.claim(request, whose)
    return { port, whose, fence: claim.status === 'claimed' ? claim.fence : Number.NaN }
  }

  it('of one tenant are neither answered, released nor pruned by another one', async () => {
    const [acme, globex] = [await held('acme'), await held('globex')]
    const answer = { key: 'k-1', fence: acme.fence, response: 'of acme', expiresAt: now + 1 }

    expect(acme.fence).toBe(globex.fence)
    expect(await acme.port.complete(answer, acme.whose)).toBe(true)
    await (await held('initech')).port.release(answer, createContext({ tenantId: 'initech' }))
    expect(await acme.port.prune({ before: now + 1_000, limit: 1 })).toBe(1)

    expect(await acme.port.find({ key: 'k-1', now })).toBeUndefined()
    expect(await globex.port.find({ key: 'k-1', now })).toMatchObject({ status: 'in-flight' })
    expect(await storage.forTenant('initech').idempotency.find({ key: 'k-1', now })).toBeUndefined()
  })

  it('are pruned up to the limit, however many keys of other tenants are older', async () => {
    await held('aaa')
    await held('zzz')
    const { port } = await held('mmm')

    expect(await port.prune({ before: now + 1_000, limit: 1 })).toBe(1)
    expect(await port.prune({ before: now + 1_000, limit: 1 })).toBe(0)
  })

  it('are given to one of many claimers, of two storages on one file', async () => {
    const other = await SqliteStorage.open({ path, synchronous: 'normal' })
    const storages = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? storage : other))

    const claims = await Promise.all(storages.map((each) => each.idempotency.claim(request, context)))
    await other.close()

    expect(claims.filter(({ status }) => status === 'claimed')).toHaveLength(1)
  })

  it('outlive the storage that wrote them', async () => {
    const { port, fence } = await held()
    await port.complete({ key: 'k-1', fence, response: { a: [1] }, expiresAt: now + 9 }, context)
    await storage.close()

    storage = await SqliteStorage.open({ path, synchronous: 'normal' })

    expect(await storage.idempotency.claim(request, context)).toEqual({
      status: 'completed',
      fingerprint: 'a',
      response: { a: [1] },
    })
  })

  it('are refused by name where their response was changed by hand', async () => {
    const { port, fence } = await held()
    await port.complete({ key: 'k-1', fence, response: 1, expiresAt: now + 9 }, context)
    await storage.transaction(async ({ connection }) =>
      ok(connection.prepare('update idempotency_keys set response = ?').run(['{"__proto__":1}'])),
    )

    const broken = {
      code: 'ASHLAR_SQLITE_BROKEN_ROW',
      message: expect.stringContaining('idempotency key k-1'),
    }
    await expect(storage.idempotency.find({ key: 'k-1', now })).rejects.toMatchObject(broken)
    await expect(storage.idempotency.claim(request, context)).rejects.toMatchObject(broken)
  })

  it('are written with the effect of a command, or not at all', async () => {
    let isSoldOut = true
    const mediator = new MediatorBuilder()
      .use(transaction(storage))
      .use(idempotency(storage.idempotency, [idempotent(PlaceOrder, ({ requestId }) => requestId)]))
      .handle(PlaceOrder, async ({ requestId }, { storage: tx }) => {
        const { events } = tx as SqliteStorage
        const placed = [{ type: 'OrderPlaced', data: { requestId } }]
        await orThrow(events.append({ stream: 'orders-1', expected: 'any', events: placed }, context))
        return isSoldOut ? err(failure('SoldOut', 'no more tea')) : ok({ orderId: requestId })
      })
      .build()
    const send = () => mediator.send(new PlaceOrder('r-1'), context)
    const counts = () =>
      ['events', 'idempotency_keys'].map(
        (table) => storage.connection.prepare(`select count(*) as n from ${table}`).all([])[0],
      )

    const refused = await send()
    const after = counts()
    isSoldOut = false
    const placed = await Promise.all([send(), send(), send()])

    expect(refused._unsafeUnwrapErr().type).toBe('SoldOut')
    expect(after).toEqual([{ n: 0 }, { n: 0 }])
    expect(placed.map((result) => result._unsafeUnwrap())).toEqual(placed.map(() => ({ orderId: 'r-1' })))
    expect(counts()).toEqual([{ n: 1 }, { n: 1 }])
  })
})
