import { fixedClock, type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { registryContract } from '../testing/registry-contract.ts'
import { InMemoryRegistry } from './in-memory-registry.ts'

registryContract('memory', async () => {
  const registry = new InMemoryRegistry()
  return { registry, canRegister: true, other: async () => registry.client(), close: () => registry.close() }
})

describe('an in-memory registry', () => {
  const orders = { service: 'orders', id: 'a', host: '10.0.0.1', port: 80, ttlMs: 9_000 }
  let timer: ManualTimer
  let registry: InMemoryRegistry
  beforeEach(() => {
    timer = manualTimer()
    registry = new InMemoryRegistry({ timer, random: { next: () => 0.5 }, clock: fixedClock() })
  })

  /** Lets microtasks pass until nobody does anything but wait. */
  async function settled(): Promise<void> {
    for (let turns = 0; turns < 50; turns++) await Promise.resolve()
  }
  const known = async (of = registry) =>
    (await of.get('orders'))._unsafeUnwrap().instances.map(({ id, port }) => `${id} ${port}`)

  it('forgets one that is silent when its time is over, not before', async () => {
    const other = registry.client()
    await orThrow(other.register(orders))
    await other.close()

    timer.advance(8_999)
    expect(await known()).toEqual(['a 80'])
    timer.advance(1)

    expect([await known(), timer.waits]).toEqual([[], []])
  })

  it('keeps one that beats, for any time', async () => {
    await orThrow(registry.register(orders))

    for (let third = 0; third < 300; third++) {
      timer.advance(3_000)
      await settled()
    }

    expect(await known()).toEqual(['a 80'])
    await registry.close()
  })

  it('ends the time of the one that was replaced', async () => {
    await orThrow(registry.register(orders))
    timer.advance(2_000)
    const lease = (await registry.register({ ...orders, port: 81 }))._unsafeUnwrap()

    timer.advance(7_500)
    expect(await known()).toEqual(['a 81'])
    await orThrow(lease.release())

    expect([await known(), timer.waits]).toEqual([[], []])
  })

  it('keeps services apart, whatever they are called', async () => {
    await orThrow(registry.register({ ...orders, service: 'constructor' }))
    await orThrow(registry.register({ ...orders, service: 'orders', id: 'orders.a' }))

    expect(await known()).toEqual(['orders.a 80'])
    expect((await registry.get('constructor'))._unsafeUnwrap().instances.length).toBe(1)
    expect((await registry.get('toString'))._unsafeUnwrap().instances).toEqual([])
    await registry.close()
  })

  it('tells what one client does to all others', async () => {
    const [one, other] = [registry.client(), registry.client()]
    const lease = (await one.register(orders))._unsafeUnwrap()

    expect([await known(), await known(other)]).toEqual([['a 80'], ['a 80']])
    await orThrow(lease.release())

    expect([await known(), await known(other)]).toEqual([[], []])
  })

  it.each(['http', 'tcp', 'grpc'])('refuses the check %s, as nobody asks', async (kind) => {
    const check = kind === 'http' ? { kind, path: '/' } : { kind }

    const refused = await registry.register({ ...orders, check } as never)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'RegistrationInvalid', field: 'check' })
    expect([await known(), timer.waits]).toEqual([[], []])
  })

  it('leaves nothing that waits when it is closed while many watch and register', async () => {
    const stop = new AbortController()
    const watches = Array.from({ length: 50 }, () => registry.watch('orders', { signal: stop.signal }))
    await Promise.all(watches.map((watch) => watch.next()))
    const nexts = watches.map((watch) => watch.next())
    const registering = Array.from({ length: 50 }, (_, at) =>
      registry.register({ ...orders, id: `i${at}` }).catch(({ code }) => code),
    )

    await registry.close()
    const outcomes = await Promise.all(registering)
    timer.advance(9_000)

    expect((await Promise.all(nexts)).length).toBe(50)
    expect(outcomes.every((outcome) => outcome !== undefined)).toBe(true)
    expect(timer.waits).toEqual([])
  })
})
