import { createContext, type WriteTurns } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import { DeadlineContext } from '../behaviours/deadline-context.ts'
import { idempotencyStoreContract } from '../testing/idempotency-store-contract.ts'
import { sampleClaim, sampleNow } from '../testing/sample-claim.ts'
import type { IdempotencyClaim } from './idempotency-store.ts'
import { InMemoryIdempotencyStore } from './in-memory-idempotency-store.ts'

idempotencyStoreContract('InMemoryIdempotencyStore', async () => ({
  idempotency: new InMemoryIdempotencyStore(),
  close: async () => undefined,
}))

describe('InMemoryIdempotencyStore', () => {
  const context = createContext()
  const fenceOf = (claim: IdempotencyClaim) => (claim.status === 'claimed' ? claim.fence : Number.NaN)

  it('answers at once', () => {
    const store = new InMemoryIdempotencyStore()

    expect(store.claim(sampleClaim('k-1'), context)).toMatchObject({ status: 'claimed' })
    expect(store.find({ key: 'k-1', now: sampleNow })).toMatchObject({ status: 'in-flight' })
  })

  it('is of one tenant', () => {
    const store = new InMemoryIdempotencyStore({ tenantId: 'acme' })

    expect(store.claim(sampleClaim('k-1'), createContext({ tenantId: 'acme' }))).toMatchObject({
      status: 'claimed',
    })
    expect(() => store.claim(sampleClaim('k-1'), context)).toThrow(
      expect.objectContaining({ code: 'ASHLAR_KERNEL_TENANT_MISMATCH' }),
    )
  })

  it('looks at the deadline of a message without making a signal of it', () => {
    const store = new InMemoryIdempotencyStore()
    const handed = new DeadlineContext(context)
    handed.enter()

    const claim = store.claim(sampleClaim('k-1'), handed)
    handed.leave()

    expect(claim).toMatchObject({ status: 'claimed' })
    expect(handed.signal).toBe(context.signal)
  })

  it('gives no key to a message whose deadline has passed', () => {
    const store = new InMemoryIdempotencyStore()
    const handed = new DeadlineContext(context)
    handed.enter()
    handed.expire(10)

    expect(() => store.claim(sampleClaim('k-1'), handed)).toThrow(
      expect.objectContaining({ code: 'ASHLAR_MEDIATOR_MESSAGE_TIMEOUT' }),
    )
    expect(store.find({ key: 'k-1', now: sampleNow })).toBeUndefined()
  })

  it.each(['outside', 'inside'])(
    'forgets what has expired while it is used, without being pruned: %s of transactions',
    async (where) => {
      const store = new InMemoryIdempotencyStore()
      const count = 10_000
      const keepMs = 100

      for (let now = 0; now < count; now++) {
        const { port, commit } = where === 'inside' ? store.fork() : { port: store, commit: () => undefined }
        const fence = fenceOf(
          await port.claim(sampleClaim(`k-${now}`, { now, leaseUntil: now + 10 }), context),
        )
        await port.complete({ key: `k-${now}`, fence, response: now, expiresAt: now + keepMs }, context)
        commit()
      }

      const unexpired = Array.from({ length: keepMs }, (_, age) => count - 1 - age)
      expect(await store.prune({ before: count - 1, limit: count })).toBeLessThan(2 * keepMs)
      expect(unexpired.map((key) => store.find({ key: `k-${key}`, now: count - 1 })?.status)).toEqual(
        unexpired.map(() => 'completed'),
      )
    },
  )

  it('shows no older row of a key again, however many a fork has claimed since', async () => {
    const store = new InMemoryIdempotencyStore()
    const old = fenceOf(await store.claim(sampleClaim('k-1'), context))
    const { port } = store.fork()
    const now = sampleNow + 5_000
    await port.claim(sampleClaim('k-1', { now, leaseUntil: now + 1 }), context)

    for (let index = 0; index < 1_000; index++) {
      const later = { now: now + 2, leaseUntil: now + 3 }
      await port.claim(sampleClaim(`other-${index}`, later), context)
    }

    expect(await port.complete({ key: 'k-1', fence: old, response: 1, expiresAt: now + 9 }, context)).toBe(
      false,
    )
  })

  it('shows the writes of a fork to nobody before the commit, and all of them after it', async () => {
    const store = new InMemoryIdempotencyStore()
    await store.claim(sampleClaim('old', { leaseUntil: sampleNow + 1 }), context)
    const fork = store.fork()
    const fence = fenceOf(await fork.port.claim(sampleClaim('new'), context))
    await fork.port.complete({ key: 'new', fence, response: 1, expiresAt: sampleNow + 9 }, context)
    await fork.port.prune({ before: sampleNow + 1 })
    const seen = (keys: Pick<InMemoryIdempotencyStore, 'find'>) =>
      ['old', 'new'].map((key) => keys.find({ key, now: sampleNow }) !== undefined)

    expect([seen(fork.port as InMemoryIdempotencyStore), seen(store)]).toEqual([
      [false, true],
      [true, false],
    ])
    fork.commit()
    expect(seen(store)).toEqual([false, true])
  })

  it('answers in a fork a key that was claimed before, which stays in flight when the fork is dropped', async () => {
    const store = new InMemoryIdempotencyStore()
    const fence = fenceOf(await store.claim(sampleClaim('k-1'), context))
    const fork = store.fork()

    expect(fork.port.complete({ key: 'k-1', fence, response: 1, expiresAt: sampleNow + 9 }, context)).toBe(
      true,
    )

    expect(fork.port.find({ key: 'k-1', now: sampleNow })).toMatchObject({ status: 'completed' })
    expect(store.find({ key: 'k-1', now: sampleNow })).toMatchObject({ status: 'in-flight' })
  })

  it('keeps a key that a fork released and claimed again', async () => {
    const store = new InMemoryIdempotencyStore()
    const fence = fenceOf(await store.claim(sampleClaim('k-1'), context))
    const fork = store.fork()
    await fork.port.release({ key: 'k-1', fence }, context)
    await fork.port.claim(sampleClaim('k-1', { fingerprint: 'input-2' }), context)

    fork.commit()

    expect(store.find({ key: 'k-1', now: sampleNow })).toMatchObject({ fingerprint: 'input-2' })
  })

  it('refuses all work through a fork that has ended', () => {
    const fork = new InMemoryIdempotencyStore().fork()
    const { port } = fork
    fork.end()

    const held = { key: 'k-1', fence: 1 }
    const late = [
      () => port.claim(sampleClaim('k-1'), context),
      () => port.complete({ ...held, response: 1, expiresAt: sampleNow }, context),
      () => port.release(held, context),
      () => port.find({ key: 'k-1', now: sampleNow }),
      () => port.prune({ before: sampleNow }),
    ]
    for (const call of late)
      expect(call).toThrow(expect.objectContaining({ code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' }))
  })

  it('lets all of its writes wait for their turn in a storage', async () => {
    const taken: string[] = []
    const turns: WriteTurns = {
      isClosed: false,
      refuseWhenClosed: () => undefined,
      admit: () => undefined,
      take: (operation, work) => {
        taken.push(operation)
        return work()
      },
      idle: async () => undefined,
    }
    const store = new InMemoryIdempotencyStore().takingTurns(turns)

    await store.claim(sampleClaim('k-1'), context)
    await store.complete({ key: 'k-1', fence: 1, response: 1, expiresAt: sampleNow }, context)
    await store.release({ key: 'k-1', fence: 1 }, context)
    await store.prune({ before: sampleNow })

    expect(taken).toEqual(new InMemoryIdempotencyStore().writes)
  })
})
