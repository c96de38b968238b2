import { createContext } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import type { EventStorage } from './event-storage.ts'
import { append, context, event, openedStore, types } from './opened-store.ts'

export function lifecycleContract(name: string, open: () => Promise<EventStorage>): void {
  describe(`${name}: positions, tenants and closing`, () => {
    const opened = openedStore(open)

    it('tells 0 as the safe position of an empty store, then the last position', async () => {
      const before = await opened.events.safePosition()

      const receipt = await append(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A')],
      })

      expect(before).toBe(0)
      expect(await opened.events.safePosition()).toBe(receipt.lastPosition)
    })

    it('wakes those who watch', async () => {
      const stop = new AbortController()
      const seen: number[] = []
      const { promise: isWatching, resolve: watching } = Promise.withResolvers<void>()
      const { promise: hasSeen, resolve: sawMove } = Promise.withResolvers<void>()
      const watch = (async () => {
        for await (const position of opened.events.watch({ signal: stop.signal })) {
          seen.push(position)
          if (position === 0) watching()
          else sawMove()
        }
      })()
      await isWatching

      const receipt = await append(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A')],
      })
      await hasSeen

      stop.abort(new Error('enough'))
      await expect(watch).rejects.toThrow('enough')
      expect(seen[0]).toBe(0)
      expect(seen.at(-1)).toBe(receipt.lastPosition)
    })

    it('lets those who watch go when it is closed', async () => {
      const { signal } = new AbortController()
      const watch = (async () => {
        let rounds = 0
        for await (const _ of opened.events.watch({ signal }))
          if (++rounds === 1) await opened.storage.close()
        return rounds
      })()

      expect(await watch).toBe(1)
    })

    it('lets those who watch go when it is closed right after an append', async () => {
      const watch = Array.fromAsync(opened.events.watch(new AbortController()))
      await append(opened.events, { stream: 'cart-1', expected: 'any', events: [event('A')] })

      const last = append(opened.events, { stream: 'cart-1', expected: 'any', events: [event('B')] })
      const closing = last.then(() => opened.storage.close())

      await closing
      expect((await watch).at(-1)).toBeLessThanOrEqual((await last).lastPosition)
    })

    it('keeps tenants apart', async () => {
      const acme = opened.storage.forTenant('acme').events
      const within = createContext({ tenantId: 'acme' })
      const request = {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A', {}, { tags: ['t:1'] })],
      } as const

      const result = await acme.append(request, within)

      expect(result.isOk()).toBe(true)
      expect(await types(opened.events.read('cart-1'))).toEqual([])
      expect(await types(opened.events.query('all'))).toEqual([])
      expect(await types(opened.events.query({ anyOf: [{ tags: ['t:1'] }] }))).toEqual([])
      expect(await types(opened.storage.forTenant('other').events.query('all'))).toEqual([])
      expect(await types(opened.storage.forTenant('acme').events.query('all'))).toEqual(['A'])
      await append(opened.events, request)
      expect(await types(acme.read('cart-1'))).toEqual(['A'])
    })

    it.each(['', '\ud800', '\udfff', 'acme\0'])('refuses the tenant %j', (tenantId) => {
      expect(() => opened.storage.forTenant(tenantId as never)).toThrow(
        expect.objectContaining({ code: 'ASHLAR_EVENT_STORE_INVALID_NAME' }),
      )
    })

    it('refuses the context of another tenant', async () => {
      const acme = opened.storage.forTenant('acme').events
      const request = { stream: 'cart-1', expected: 'none', events: [event('A')] } as const

      await expect(acme.append(request, context)).rejects.toMatchObject({
        code: 'ASHLAR_KERNEL_TENANT_MISMATCH',
      })
      await expect(acme.append(request, createContext({ tenantId: 'other' }))).rejects.toThrow(
        'tenant "acme"',
      )
      await expect(opened.events.append(request, createContext({ tenantId: 'acme' }))).rejects.toThrow(
        'no tenant',
      )
      expect(await types(acme.read('cart-1'))).toEqual([])
    })

    it('finishes what is under way, then refuses all else', async () => {
      const request = { stream: 'cart-1', expected: 'any', events: [event('A')] } as const
      const underWay = Array.from({ length: 10 }, () => opened.events.append(request, context))

      await opened.storage.close()
      await opened.storage.close()

      expect((await Promise.all(underWay)).every((result) => result.isOk())).toBe(true)
      const code = 'ASHLAR_EVENT_STORE_CLOSED'
      await expect(opened.events.append(request, context)).rejects.toMatchObject({ code })
      await expect(types(opened.events.read('cart-1'))).rejects.toMatchObject({ code })
      await expect(types(opened.events.query('all'))).rejects.toMatchObject({ code })
      await expect(opened.events.safePosition()).rejects.toMatchObject({ code })
      await expect(opened.events.streamInfo('cart-1')).rejects.toMatchObject({ code })
    })
  })
}
