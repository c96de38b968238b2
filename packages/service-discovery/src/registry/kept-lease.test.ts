import { silentLogger } from '@ashlar/kernel'
import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { FailureError, orThrow } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Instance } from './instance.ts'
import { KeptLease, type LeaseKeeping } from './kept-lease.ts'
import { OpenUses } from './open-uses.ts'
import { registryDenied } from './registry-failure.ts'
import { parseRegistration } from './service-registration.ts'

const { instance } = parseRegistration({
  service: 'orders',
  host: '10.0.0.1',
  port: 80,
  id: 'a',
})._unsafeUnwrap()
const ttlMs = 9_000

let timer: ManualTimer
beforeEach(() => {
  timer = manualTimer()
})

/** A registry that keeps one instance, writes down what it is asked, and does what a test wants instead. */
class Registry implements LeaseKeeping {
  readonly registry = 'x'
  readonly ttlMs = ttlMs
  readonly logger = silentLogger
  readonly timer = timer
  readonly random = { next: () => 0.999 }
  readonly asked: string[] = []
  known: Instance | undefined
  trouble: unknown
  /** Held back answers, which come though nobody waits any more. */
  gate: Promise<void> | undefined

  async grant(wanted: Instance): Promise<void> {
    this.asked.push(`grant ${wanted.health}`)
    await this.#answer()
    this.known = wanted
  }

  async renew(): Promise<'held' | 'lost'> {
    this.asked.push('renew')
    await this.#answer()
    return this.known === undefined ? 'lost' : 'held'
  }

  async withdraw(): Promise<void> {
    this.asked.push('withdraw')
    await this.#answer()
    this.known = undefined
  }

  async #answer(): Promise<void> {
    if (this.gate !== undefined) await this.gate
    if (this.trouble !== undefined) throw this.trouble
  }
}

/** Lets microtasks pass until nobody does anything but wait. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await Promise.resolve()
}

async function pass(ms: number): Promise<void> {
  await settled()
  timer.advance(ms)
  await settled()
}

/** A registry, and a lease in it that was asked nothing yet. */
async function taken(): Promise<{ readonly registry: Registry; readonly lease: KeptLease }> {
  const registry = new Registry()
  const lease = await KeptLease.take(instance, registry)
  registry.asked.length = 0
  return { registry, lease }
}

describe('a lease', () => {
  it('sends three heartbeats in its time', async () => {
    const { registry, lease } = await taken()

    for (let third = 0; third < 6; third++) await pass(ttlMs / 3)

    expect(registry.asked).toEqual(Array.from({ length: 6 }, () => 'renew'))
    expect([lease.state, lease.instance]).toEqual(['held', instance])
    await lease.abandon()
  })

  it('is granted again at once where the registry has lost it', async () => {
    const { registry, lease } = await taken()
    registry.known = undefined

    await pass(ttlMs / 3)

    expect(registry.asked).toEqual(['renew', 'grant passing'])
    expect([lease.state, registry.known]).toEqual(['held', instance])
    await lease.abandon()
  })

  it('does not wait for the next heartbeat where the loss was seen', async () => {
    const { registry, lease } = await taken()
    registry.known = undefined

    lease.lose()
    await settled()

    expect([registry.asked, registry.known]).toEqual([['grant passing'], instance])
    await lease.abandon()
  })

  it('does not forget a loss that was seen during a heartbeat', async () => {
    const { registry, lease } = await taken()
    const gate = Promise.withResolvers<void>()
    registry.gate = gate.promise
    await pass(ttlMs / 3)

    lease.lose()
    gate.resolve()
    await settled()

    expect(registry.asked).toEqual(['renew', 'grant passing'])
    await lease.abandon()
  })

  it('gives a heartbeat up that hangs for a third of its time', async () => {
    const { registry, lease } = await taken()
    registry.gate = new Promise(() => {})
    await pass(ttlMs / 3)
    expect(lease.state).toBe('held')

    await pass(ttlMs / 3)
    expect(lease.state).toBe('lost')
    registry.gate = undefined
    await pass(1_000)

    expect(registry.asked).toEqual(['renew', 'renew'])
    expect(lease.state).toBe('held')
    await lease.abandon()
  })

  it('is registered again within a second after an outage, however long', async () => {
    const { registry, lease } = await taken()
    registry.trouble = new Error('down')
    for (let seconds = 0; seconds < 600; seconds++) await pass(1_000)
    expect(lease.state).toBe('lost')
    const attempts = registry.asked.length

    registry.trouble = undefined
    registry.known = undefined
    await pass(1_000)

    expect([lease.state, registry.known]).toEqual(['held', instance])
    expect(attempts).toBeLessThan(700)
    await lease.abandon()
  })

  it('is lost where the registry lost it and refuses it now', async () => {
    const { registry, lease } = await taken()
    registry.known = undefined
    registry.grant = async () => {
      throw new FailureError(registryDenied('x', 'no token'))
    }

    await pass(ttlMs / 3)

    expect(lease.state).toBe('lost')
    await lease.abandon()
  })

  it.each([null, undefined, 'text', Object.create(null)])(
    'survives an adapter that throws %s',
    async (thrown) => {
      const { registry, lease } = await taken()
      registry.renew = async () => {
        throw thrown
      }

      await pass(ttlMs / 3)

      expect(lease.state).toBe('lost')
      expect((await lease.release()).isOk()).toBe(true)
    },
  )
})

describe('the release of a lease', () => {
  it('takes the instance out once, however often it is asked', async () => {
    const { registry, lease } = await taken()

    const released = await Promise.all([lease.release(), lease.release(), lease[Symbol.asyncDispose]()])
    await pass(10 * ttlMs)

    expect(released.slice(0, 2).every((result) => result?.isOk())).toBe(true)
    expect([registry.asked, registry.known, lease.state]).toEqual([['withdraw'], undefined, 'released'])
    expect(timer.waits).toEqual([])
  })

  it('tells why the registry could not be told, and beats no more', async () => {
    const { registry, lease } = await taken()
    registry.trouble = new FailureError(registryDenied('x', 'no token'))

    const released = await lease.release()
    await pass(10 * ttlMs)

    expect(released._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryDenied' })
    expect([registry.asked, lease.state]).toEqual([['withdraw'], 'released'])
  })

  it('gives up a registry that hangs, when its time is over', async () => {
    const { registry, lease } = await taken()
    registry.gate = new Promise(() => {})

    const releasing = lease.release()
    await pass(ttlMs)

    expect((await releasing)._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryUnavailable' })
  })

  it('does not wait for a heartbeat that hangs', async () => {
    const { registry, lease } = await taken()
    registry.gate = new Promise(() => {})
    await pass(ttlMs / 3)
    registry.gate = undefined

    expect((await lease.release()).isOk()).toBe(true)

    expect(registry.asked).toEqual(['renew', 'withdraw'])
    await pass(10 * ttlMs)
    expect(registry.asked).toEqual(['renew', 'withdraw'])
  })

  it('is not undone by a heartbeat that was registering it again', async () => {
    const { registry, lease } = await taken()
    const gate = Promise.withResolvers<void>()
    registry.known = undefined
    lease.lose()
    registry.gate = gate.promise
    await settled()
    registry.gate = undefined

    await orThrow(lease.release())
    gate.resolve()
    await settled()

    expect(registry.asked).toEqual(['grant passing', 'withdraw', 'withdraw'])
    expect(registry.known).toBeUndefined()
  })

  it('is not undone by its own draining', async () => {
    const { registry, lease } = await taken()
    const gate = Promise.withResolvers<void>()
    registry.gate = gate.promise
    const draining = lease.drain()
    registry.gate = undefined

    await orThrow(lease.release())
    gate.resolve()
    await settled()

    expect((await draining).isOk()).toBe(true)
    expect(registry.known).toBeUndefined()
  })

  it('throws the reason of a signal that is aborted, and goes on by itself', async () => {
    const { registry, lease } = await taken()

    await expect(lease.release({ signal: AbortSignal.abort('enough') })).rejects.toBe('enough')

    expect((await lease.release()).isOk()).toBe(true)
    expect(registry.asked).toEqual(['withdraw'])
  })
})

describe('a lease that drains', () => {
  it('tells so, and goes on beating', async () => {
    const { registry, lease } = await taken()

    expect((await lease.drain()).isOk()).toBe(true)
    expect((await lease.drain()).isOk()).toBe(true)
    await pass(ttlMs / 3)

    expect(registry.asked).toEqual(['grant draining', 'renew'])
    expect([lease.state, registry.known?.health]).toEqual(['draining', 'draining'])
    await orThrow(lease.release())
    expect([lease.state, registry.known]).toEqual(['released', undefined])
  })

  it('drains also when the registry loses it', async () => {
    const { registry, lease } = await taken()
    await orThrow(lease.drain())
    registry.known = undefined

    await pass(ttlMs / 3)

    expect([lease.state, registry.known]).toMatchObject(['draining', { health: 'draining' }])
    await lease.abandon()
  })

  it('tells so with the next heartbeat where the registry could not be told', async () => {
    const { registry, lease } = await taken()
    registry.trouble = new Error('down')
    await pass(ttlMs / 3)
    expect(lease.state).toBe('lost')

    const refused = await lease.drain()
    expect((await lease.drain()).isErr()).toBe(true)
    registry.trouble = undefined
    await pass(1_000)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryUnavailable' })
    expect([lease.state, registry.known?.health]).toEqual(['draining', 'draining'])
    await lease.abandon()
  })

  it('is not shown as passing by a heartbeat that was registering it again', async () => {
    const { registry, lease } = await taken()
    const gate = Promise.withResolvers<void>()
    registry.known = undefined
    lease.lose()
    registry.gate = gate.promise
    await settled()
    registry.gate = undefined

    await orThrow(lease.drain())
    gate.resolve()
    await settled()
    await pass(ttlMs / 3)

    expect(lease.state).toBe('draining')
    expect(registry).toMatchObject({ known: { health: 'draining' } })
    await lease.abandon()
  })

  it('throws the reason of a signal that is aborted', async () => {
    const { registry, lease } = await taken()
    registry.gate = new Promise(() => {})
    const stop = new AbortController()

    const draining = lease.drain({ signal: stop.signal })
    stop.abort('enough')

    await expect(draining).rejects.toBe('enough')
    await expect(lease.drain({ signal: stop.signal })).rejects.toBe('enough')
    await lease.abandon()
  })

  it('does nothing after its release', async () => {
    const { registry, lease } = await taken()
    await orThrow(lease.release())

    expect((await lease.drain()).isOk()).toBe(true)

    expect([registry.asked, lease.state]).toEqual([['withdraw'], 'released'])
  })
})

describe('the taking of a lease', () => {
  it('throws what the registry throws, and keeps nothing', async () => {
    const registry = new Registry()
    const thrown = new FailureError(registryDenied('x', 'no token'))
    registry.trouble = thrown

    await expect(KeptLease.take(instance, registry)).rejects.toBe(thrown)
    await pass(10 * ttlMs)

    expect([registry.asked, timer.waits]).toEqual([['grant passing'], []])
  })

  it('withdraws what is granted after its caller has left', async () => {
    const registry = new Registry()
    const gate = Promise.withResolvers<void>()
    registry.gate = gate.promise
    const stop = new AbortController()

    const taking = KeptLease.take(instance, registry, stop.signal)
    stop.abort('enough')
    await expect(taking).rejects.toBe('enough')
    gate.resolve()
    await pass(10 * ttlMs)

    expect([registry.asked, registry.known]).toEqual([['grant passing', 'withdraw'], undefined])
  })

  it('withdraws what is granted in the moment in which its caller leaves', async () => {
    for (let turns = 0; turns < 12; turns++) {
      const registry = new Registry()
      const stop = new AbortController()
      const taking = KeptLease.take(instance, registry, stop.signal)
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()

      stop.abort('enough')
      const lease = await taking.catch(() => undefined)
      await settled()

      expect(registry.known).toBe(lease === undefined ? undefined : instance)
      await lease?.abandon()
    }
  })

  it('gives a registry up that hangs, and withdraws what it grants later', async () => {
    const registry = new Registry()
    const gate = Promise.withResolvers<void>()
    registry.gate = gate.promise

    const taking = KeptLease.take(instance, registry)
    const refused = expect(taking).rejects.toThrow('no answer within 9000 ms')
    await pass(ttlMs)
    await refused
    gate.resolve()
    await settled()

    expect([registry.asked, registry.known]).toEqual([['grant passing', 'withdraw'], undefined])
  })

  it('asks nobody where the signal is aborted already', async () => {
    const registry = new Registry()

    await expect(KeptLease.take(instance, registry, AbortSignal.abort('enough'))).rejects.toBe('enough')

    expect(registry.asked).toEqual([])
  })
})

describe('a lease that is abandoned', () => {
  it('leaves the registration to its time', async () => {
    const { registry, lease } = await taken()

    await lease.abandon()
    await lease.abandon()
    await pass(10 * ttlMs)

    expect([registry.asked, registry.known, lease.state]).toEqual([[], instance, 'released'])
    expect(timer.waits).toEqual([])
  })

  it('by another one of the same id does not take that one out', async () => {
    const registry = new Registry()
    const uses = new OpenUses('x')
    const one = uses.keep(await KeptLease.take(instance, registry))
    const other = uses.keep(await KeptLease.take({ ...instance, port: 81 }, registry))

    expect((await one.release()).isOk()).toBe(true)
    await pass(ttlMs / 3)

    expect([one.state, other.state, registry.known?.port]).toEqual(['released', 'held', 81])
    expect(registry.asked).toEqual(['grant passing', 'grant passing', 'renew'])
    await uses.close()
  })

  it('by another one of the same id does not take its place back by what it granted too late', async () => {
    const registry = new Registry()
    const uses = new OpenUses('x')
    const one = uses.keep(await KeptLease.take(instance, registry))
    const gate = Promise.withResolvers<void>()
    registry.gate = gate.promise
    one.lose()
    await settled()
    registry.gate = undefined

    uses.keep(await KeptLease.take({ ...instance, port: 81 }, registry))
    gate.resolve()
    await settled()

    expect(registry.asked).toEqual(Array.from({ length: 4 }, () => 'grant passing'))
    expect(registry).toMatchObject({ known: { port: 81 } })
    await uses.close()
  })

  it('by a registry that was closed meanwhile beats no more', async () => {
    const registry = new Registry()
    const uses = new OpenUses('x')
    const lease = await KeptLease.take(instance, registry)
    await uses.close()

    expect(() => uses.keep(lease)).toThrow('registry x is closed')
    await pass(10 * ttlMs)

    expect([registry.asked, lease.state]).toEqual([['grant passing'], 'released'])
  })
})
