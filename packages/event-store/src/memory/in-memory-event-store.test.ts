import { createContext } from '@ashlar/kernel'
import { fixedClock, sequentialIds } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { requireTenantId } from '../adapter/storable-name.ts'
import type { EventStore } from '../event-store.ts'
import { eventStoreContract } from '../testing/event-store-contract.ts'
import { append } from '../testing/opened-store.ts'
import { InMemoryEventStore } from './in-memory-event-store.ts'

eventStoreContract('InMemoryEventStore', async () => {
  const events = new InMemoryEventStore()
  const tenants = new Map<string, InMemoryEventStore>()
  return {
    events,
    forTenant(tenantId) {
      requireTenantId(tenantId)
      const tenant = tenants.get(tenantId) ?? new InMemoryEventStore({ tenantId })
      tenants.set(tenantId, tenant)
      return { events: tenant }
    },
    close: () => events.close(),
  }
})

eventStoreContract('a fork of InMemoryEventStore', async () => {
  const { port: events } = new InMemoryEventStore().fork()
  const tenants = new Map<string, EventStore>()
  return {
    events,
    forTenant(tenantId) {
      requireTenantId(tenantId)
      const tenant = tenants.get(tenantId) ?? new InMemoryEventStore({ tenantId }).fork().port
      tenants.set(tenantId, tenant)
      return { events: tenant }
    },
    close: () => events.close(),
  }
})

describe('InMemoryEventStore', () => {
  const context = createContext()
  const open = () => new InMemoryEventStore({ clock: fixedClock(), ids: sequentialIds() })
  const item = (type: string, tags: string[] = []) => ({ type, data: {}, tags })

  it('takes time and identity from what it was handed', async () => {
    const store = open()

    await append(store, { stream: 'cart-1', expected: 'none', events: [item('A')] })

    const [event] = await Array.fromAsync(store.read('cart-1'))
    expect(event).toMatchObject({
      id: '00000000-0000-7000-8000-000000000001',
      recordedAt: '2026-01-01T00:00:00.000Z',
    })
  })

  it('shows a fork what was there and what it wrote, and the store nothing before the commit', async () => {
    const store = open()
    await append(store, { stream: 'cart-1', expected: 'none', events: [item('A', ['t'])] })
    const { port, commit } = store.fork()
    await append(port, { stream: 'cart-1', expected: 1, events: [item('B', ['t'])] })
    await append(port, { stream: 'cart-2', expected: 'none', events: [item('C')] })
    await port.archive('cart-2', context)
    await port.tombstone('cart-1', context)
    const seenBy = async (one: typeof port) => ({
      cart1: (await Array.fromAsync(one.read('cart-1', { direction: 'backwards' })))
        .map(({ type }) => type)
        .join(''),
      tagged: (await Array.fromAsync(one.query({ anyOf: [{ tags: ['t'] }] })))
        .map(({ type }) => type)
        .join(''),
      all: (await Array.fromAsync(one.query('all'))).map(({ type }) => type).join(''),
      safe: await one.safePosition(),
      tombstoned: (await one.streamInfo('cart-1'))?.tombstonedAt !== undefined,
      archived: (await one.streamInfo('cart-2'))?.archivedAt !== undefined,
    })
    const inside = { cart1: 'BA', tagged: 'AB', all: 'AB', safe: 3, tombstoned: true, archived: true }

    expect(await seenBy(port)).toEqual(inside)
    expect(await seenBy(store)).toEqual({
      cart1: 'A',
      tagged: 'A',
      all: 'A',
      safe: 1,
      tombstoned: false,
      archived: false,
    })
    commit()
    expect(await seenBy(store)).toEqual(inside)
  })

  it('remembers when a stream was archived or tombstoned first', async () => {
    const clock = fixedClock('2026-11-01T12:00:00Z')
    const store = new InMemoryEventStore({ clock })
    await append(store, { stream: 'cart-1', expected: 'none', events: [item('A')] })

    for (let round = 0; round < 2; round++) {
      await store.archive('cart-1', context)
      await store.tombstone('cart-1', context)
      clock.advance(60_000)
    }

    const first = '2026-11-01T12:00:00.000Z'
    expect(await store.streamInfo('cart-1')).toEqual({
      stream: 'cart-1',
      version: 1,
      archivedAt: first,
      tombstonedAt: first,
    })
  })

  it.each(['', '\ud800', 'acme\0'])('refuses to be made for the tenant %j', (tenantId) => {
    expect(() => new InMemoryEventStore({ tenantId })).toThrow(
      expect.objectContaining({ code: 'ASHLAR_EVENT_STORE_INVALID_NAME' }),
    )
  })

  it.each(['the store', 'a fork'])('loads one snapshot of %s, even when the fold writes', async (which) => {
    const store = open()
    for (const id of ['1', '2', '3'] as const)
      await append(store, { stream: `cart-${id}`, expected: 'none', events: [item('A')] })
    const { port } = which === 'the store' ? { port: store } : store.fork()
    const writes: Promise<unknown>[] = []

    const loaded = await port.load('all', {
      initialState: () => 0,
      evolve: (seen: number) => {
        writes.push(
          port.archive('cart-3', context),
          port.append({ stream: 'cart-4', expected: 'any', events: [item('B')] }, context),
        )
        return seen + 1
      },
    })
    await Promise.all(writes)

    expect(loaded).toMatchObject({ state: 3, boundary: { after: 3 } })
  })

  it('shows a query of a fork what was there when it began', async () => {
    const store = open()
    for (const id of ['1', '2'] as const)
      await append(store, { stream: `cart-${id}`, expected: 'none', events: [item('A')] })
    const { port } = store.fork()
    await append(port, { stream: 'cart-3', expected: 'none', events: [item('A')] })

    let seen = 0
    for await (const event of port.query('all')) {
      seen++
      await append(port, { stream: `cart-x${event.position}`, expected: 'none', events: [item('A')] })
    }

    expect(seen).toBe(3)
  })

  it('forgets a fork that is dropped', async () => {
    const store = open()
    const { port } = store.fork()
    await append(port, { stream: 'cart-1', expected: 'none', events: [item('A')] })

    const result = await store.append({ stream: 'cart-1', expected: 'none', events: [item('B')] }, context)

    expect(result._unsafeUnwrap()).toMatchObject({ lastPosition: 1 })
  })
})
