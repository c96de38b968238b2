import { err, failure, ok } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Context, createContext } from '../context.ts'
import type { UnitOfWork } from '../unit-of-work.ts'

/** What the contract needs of a storage, whatever its ports are. */
export interface Storage<Ports extends object> extends UnitOfWork<Ports> {
  /** The same ports for one tenant, which can be closed alone. */
  forTenant(tenantId: string): Ports & Pick<Storage<Ports>, 'close'>
  /** Ends all work. */
  close(): Promise<void>
}

/** How the contract writes and reads through one port without knowing it. */
export interface StorageProbe<Ports extends object> {
  /** The port's name. */
  readonly name: string
  /** Makes a trace that can be found under the key; each key is used once. */
  write(ports: Ports, key: string, context: Context): Promise<unknown>
  /** Tells whether the trace is there. */
  has(ports: Ports, key: string, context: Context): Promise<boolean>
}

const notToday = failure('NotToday', 'the work said no')

/**
 * Declares the tests that every storage passes: one commit for all ports, rollback of Err and throw, writes that nobody
 * sees before the commit, no waiting for itself, tenants apart.
 *
 * @param name - of the storage, for the report
 * @param open - gives a new, empty storage; the contract closes it
 * @param probes - one for each port that takes part in transactions
 * @example
 * ```ts no-run
 * import { storageContract } from '@ashlar/kernel/testing'
 * import { eventStoreProbe } from '@ashlar/event-store/testing'
 * import { InMemoryStorage } from '@ashlar/memory'
 *
 * storageContract('memory', async () => new InMemoryStorage(), [eventStoreProbe])
 * ```
 */
export function storageContract<Ports extends object>(
  name: string,
  open: () => Promise<Ports & Storage<Ports>>,
  probes: readonly StorageProbe<NoInfer<Ports>>[],
): void {
  describe(`${name} keeps the storage contract`, () => {
    const context = createContext({ correlationId: 'storage-contract' })
    let storage: Ports & Storage<Ports>

    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    const found = (ports: Ports, key: string, within = context): Promise<boolean[]> =>
      Promise.all(probes.map((probe) => probe.has(ports, key, within)))
    const writeAll = async (ports: Ports, key: string, within = context): Promise<void> => {
      for (const probe of probes) await probe.write(ports, key, within)
    }
    const everywhere = probes.map(() => true)
    const nowhere = probes.map(() => false)

    it('commits the writes of all ports together', async () => {
      const result = await storage.transaction(async (tx) => {
        await writeAll(tx, 'a')
        return ok('done')
      })

      expect(result._unsafeUnwrap()).toBe('done')
      expect(await found(storage, 'a')).toEqual(everywhere)
    })

    it('rolls all ports back on Err, and returns it', async () => {
      const result = await storage.transaction(async (tx) => {
        await writeAll(tx, 'a')
        return err(notToday)
      })

      expect(result._unsafeUnwrapErr()).toBe(notToday)
      expect(await found(storage, 'a')).toEqual(nowhere)
    })

    it('rolls all ports back on throw, and throws it on', async () => {
      const bug = new Error('a bug')

      const running = storage.transaction(async (tx) => {
        await writeAll(tx, 'a')
        throw bug
      })

      await expect(running).rejects.toBe(bug)
      expect(await found(storage, 'a')).toEqual(nowhere)
    })

    it('goes on after a rollback', async () => {
      const refused = await storage.transaction(async () => err(notToday))

      const taken = await storage.transaction(async (tx) => {
        await writeAll(tx, 'a')
        return ok()
      })

      expect([refused.isOk(), taken.isOk()]).toEqual([false, true])
      expect(await found(storage, 'a')).toEqual(everywhere)
    })

    it('shows writes inside the transaction, and outside only after the commit', async () => {
      const seen: { inside?: boolean[]; outside?: boolean[] } = {}

      const result = await storage.transaction(async (tx) => {
        await writeAll(tx, 'a')
        seen.inside = await found(tx, 'a')
        seen.outside = await found(storage, 'a')
        return ok()
      })

      expect(result.isOk()).toBe(true)
      expect(seen).toEqual({ inside: everywhere, outside: nowhere })
      expect(await found(storage, 'a')).toEqual(everywhere)
    })

    it('runs transactions one at a time', async () => {
      const order: string[] = []
      const enter = (label: string) =>
        storage.transaction(async (tx) => {
          order.push(`${label} in`)
          await writeAll(tx, label)
          order.push(`${label} out`)
          return ok()
        })

      await Promise.all([enter('a'), enter('b'), enter('c')])

      expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
    })

    it('lets a write outside wait for the transaction to end', async () => {
      const order: string[] = []
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async (tx) => {
        await writeAll(tx, 'a')
        await gate.promise
        order.push('transaction')
        return ok()
      })

      const outside = writeAll(storage, 'b').then(() => order.push('outside'))
      gate.resolve()
      await Promise.all([running, outside])

      expect(order).toEqual(['transaction', 'outside'])
      expect([await found(storage, 'a'), await found(storage, 'b')]).toEqual([everywhere, everywhere])
    })

    it.each(probes)('refuses an outer write of $name inside instead of waiting for itself', async (probe) => {
      const running = storage.transaction(async () => {
        await probe.write(storage, 'a', context)
        return ok()
      })

      await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
      expect(await probe.has(storage, 'a', context)).toBe(false)
    })

    it('refuses a transaction inside of a transaction', async () => {
      const running = storage.transaction(async () => storage.transaction(async () => ok()))

      await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
    })

    it.each(probes)('refuses a write of $name through a transaction that has ended', async (probe) => {
      const leaked = await storage.transaction(async (tx) => ok(tx))

      const late = probe.write(leaked._unsafeUnwrap(), 'a', context)

      await expect(late).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' })
      expect(await probe.has(storage, 'a', context)).toBe(false)
    })

    it.each(probes)('refuses a read of $name through a transaction that has ended', async (probe) => {
      const leaked: Ports[] = []
      const results = [
        await storage.transaction(async (tx) => {
          leaked.push(tx)
          await probe.write(tx, 'a', context)
          return ok()
        }),
        await storage.transaction(async (tx) => {
          leaked.push(tx)
          await probe.write(tx, 'b', context)
          return err(notToday)
        }),
      ]

      const late = leaked.flatMap((tx) => [probe.has(tx, 'a', context), probe.has(tx, 'b', context)])

      expect(results.map((result) => result.isOk())).toEqual([true, false])
      for (const read of late)
        await expect(read).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' })
    })

    it.each(probes)('lets a write of $name that waits give up when the signal is aborted', async (probe) => {
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async () => ok(await gate.promise))
      const stop = new AbortController()

      const waiting = probe.write(storage, 'a', createContext({ ...context, signal: stop.signal }))
      stop.abort(new Error('enough'))

      await expect(waiting).rejects.toThrow('enough')
      gate.resolve()
      expect((await running).isOk()).toBe(true)
      expect(await probe.has(storage, 'a', context)).toBe(false)
    })

    it('gives up waiting for its turn when the signal is aborted', async () => {
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async () => {
        await gate.promise
        return ok()
      })
      const stop = new AbortController()
      let isEntered = false

      const waiting = storage.transaction(
        async () => {
          isEntered = true
          return ok()
        },
        { signal: stop.signal },
      )
      stop.abort(new Error('enough'))

      await expect(waiting).rejects.toThrow('enough')
      gate.resolve()
      expect((await running).isOk()).toBe(true)
      expect(isEntered).toBe(false)
    })

    it('keeps tenants apart', async () => {
      const acme = createContext({ tenantId: 'acme' })

      await writeAll(storage.forTenant('acme'), 'a', acme)

      expect(await found(storage.forTenant('acme'), 'a', acme)).toEqual(everywhere)
      expect(await found(storage, 'a')).toEqual(nowhere)
      expect(await found(storage.forTenant('other'), 'a', createContext({ tenantId: 'other' }))).toEqual(
        nowhere,
      )
    })

    it.each(probes)('refuses a write of $name in the name of another tenant', async (probe) => {
      const strangers = createContext({ tenantId: 'acme' })

      const written = probe.write(storage, 'a', strangers)

      await expect(written).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TENANT_MISMATCH' })
    })

    it('can be closed twice', async () => {
      await storage.close()

      await expect(storage.close()).resolves.toBeUndefined()
    })

    it('finishes the transactions that have come, and refuses those that come after it was closed', async () => {
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async () => ok(await gate.promise))
      const waiting = storage.transaction(async () => ok('in time'))

      const closing = storage.close()
      const late = storage.transaction(async () => ok('too late'))
      gate.resolve()

      await expect(late).rejects.toMatchObject({ code: expect.stringMatching(/_CLOSED$/) })
      expect((await running).isOk()).toBe(true)
      expect((await waiting)._unsafeUnwrap()).toBe('in time')
      await closing
    })

    it.each(probes)('refuses writes and reads of $name at once after it was closed', async (probe) => {
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async () => ok(await gate.promise))

      const closing = storage.close()
      const late = [probe.write(storage, 'a', context), probe.has(storage, 'a', context)]

      for (const each of late)
        await expect(each).rejects.toMatchObject({ code: expect.stringMatching(/_CLOSED$/) })
      gate.resolve()
      expect((await running).isOk()).toBe(true)
      await closing
    })

    it('finishes the writes that came before it was closed', async () => {
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async () => ok(await gate.promise))
      const writing = probes.map((probe) => probe.write(storage, 'a', context))

      const closing = storage.close()
      gate.resolve()

      expect(await Promise.allSettled(writing)).toMatchObject(probes.map(() => ({ status: 'fulfilled' })))
      expect((await running).isOk()).toBe(true)
      await closing
    })

    it.each(probes)("closes $name of a tenant's storage alone", async (probe) => {
      const acme = createContext({ tenantId: 'acme' })
      const [one, other] = [storage.forTenant('acme'), storage.forTenant('acme')]
      await probe.write(one, 'a', acme)

      await one.close()

      const closed = { code: expect.stringMatching(/_CLOSED$/) }
      await expect(probe.write(one, 'b', acme)).rejects.toMatchObject(closed)
      await expect(probe.has(one, 'a', acme)).rejects.toMatchObject(closed)
      expect(await probe.has(other, 'a', acme)).toBe(true)
      await probe.write(other, 'b', acme)
      await probe.write(storage, 'b', context)
      expect([await probe.has(other, 'b', acme), await probe.has(storage, 'b', context)]).toEqual([
        true,
        true,
      ])
    })

    it('refuses to be closed inside of a transaction, for which it would wait for ever', async () => {
      const running = storage.transaction(async () => ok(await storage.close()))

      await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
      expect((await storage.transaction(async () => ok('goes on')))._unsafeUnwrap()).toBe('goes on')
    })
  })
}
