import { silentLogger } from '@ashlar/kernel'
import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registryDenied } from '../registry/registry-failure.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { massDropsOf } from './mass-drop.ts'
import { ServiceView, type ViewOptions } from './service-view.ts'

const a = { id: 'a', host: '10.0.0.1', port: 80 }
const b = { id: 'b', host: '10.0.0.2', port: 80 }
const c = { id: 'c', host: '10.0.0.3', port: 80 }

let timer: ManualTimer
let registry: ScriptedRegistry
let views: ServiceView[]
beforeEach(() => {
  timer = manualTimer()
  registry = new ScriptedRegistry()
  views = []
})
afterEach(async () => {
  for (const view of views) view.close()
  await registry.close()
  await settled()
  expect(timer.waits).toEqual([])
})

function viewOf(options: Partial<ViewOptions> = {}): ServiceView {
  const whole = {
    registry,
    service: 'orders',
    massDrops: false,
    maxStaleMs: Number.POSITIVE_INFINITY,
  } as const
  const view = new ServiceView({ ...whole, firstAnswerMs: 5_000, timer, logger: silentLogger, ...options })
  views.push(view)
  return view
}

/** Lets microtasks pass until nobody does anything but wait. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await Promise.resolve()
}

/** A registry that tells what a test wants in its watch. */
function watched(watch: ServiceRegistry['watch']): ServiceRegistry {
  const whole = new ScriptedRegistry()
  return Object.assign(whole, { watch })
}

const ids = (snapshot: Snapshot) => snapshot.instances.map(({ id }) => id).join('')

describe('the first answer', () => {
  it('is waited for, and then nobody waits', async () => {
    registry.tell('orders', [a])
    const view = viewOf()
    expect(view.now()._unsafeUnwrapErr().message).toContain('it has not answered yet')

    expect(ids((await view.current())._unsafeUnwrap())).toBe('a')
    expect(ids(view.now()._unsafeUnwrap())).toBe('a')
    expect(timer.waits).toEqual([])
  })

  it('that is late is a failure, told to followers too, until it comes', async () => {
    const gate = Promise.withResolvers<void>()
    const late = watched(async function* (_, { signal }) {
      await gate.promise
      yield* registry.watch('orders', { signal })
    })
    registry.tell('orders', [a])
    const view = viewOf({ registry: late })
    const follower = view.watch(new AbortController().signal)
    const told = follower.next()
    const current = view.current()
    await settled()

    timer.advance(5_000)
    expect((await current)._unsafeUnwrapErr().message).toContain('no answer within 5000 ms')
    expect((await told).value?._unsafeUnwrapErr().type).toBe('RegistryUnavailable')
    gate.resolve()

    expect(ids((await follower.next()).value?._unsafeUnwrap() as Snapshot)).toBe('a')
    expect(ids((await view.current())._unsafeUnwrap())).toBe('a')
  })

  it('is waited for as long as the signal lets it', async () => {
    const view = viewOf({
      registry: watched(async function* () {
        await new Promise(() => {})
      }),
    })
    const stop = new AbortController()

    const current = view.current(stop.signal)
    stop.abort('enough')

    await expect(current).rejects.toBe('enough')
  })

  it('may be a failure', async () => {
    registry.fail(registryDenied('x', 'no token'))

    expect((await viewOf().current())._unsafeUnwrapErr().type).toBe('RegistryDenied')
  })
})

describe('what was known', () => {
  it('stays during an outage, as stale, with the trouble', async () => {
    registry.tell('orders', [a])
    const view = viewOf()
    await orThrow(view.current())

    registry.fail()
    await settled()
    timer.advance(86_400_000)

    expect(view.now()._unsafeUnwrap()).toMatchObject({
      stale: true,
      trouble: { type: 'RegistryUnavailable' },
      instances: [{ id: 'a' }],
    })
    registry.recover()
    await settled()
    expect(view.now()._unsafeUnwrap()).toMatchObject({ stale: false })
    expect(view.now()._unsafeUnwrap()).not.toHaveProperty('trouble')
  })

  it('may become too old, counted from the begin of an outage', async () => {
    registry.tell('orders', [a])
    const view = viewOf({ maxStaleMs: 60_000 })
    await orThrow(view.current())
    timer.advance(1_000_000)
    registry.fail()
    await settled()
    timer.advance(30_000)
    registry.fail(registryDenied('x', 'no token'))
    await settled()

    timer.advance(30_000)
    expect(view.now().isOk()).toBe(true)
    timer.advance(1)
    expect(view.now()._unsafeUnwrapErr().type).toBe('RegistryDenied')
    registry.recover()
    await settled()

    expect(view.now().isOk()).toBe(true)
  })

  it('stays as stale when the registry is closed', async () => {
    registry.tell('orders', [a])
    const view = viewOf()
    await orThrow(view.current())

    await registry.close()
    await settled()

    expect(view.now()._unsafeUnwrap()).toMatchObject({
      stale: true,
      instances: [{ id: 'a' }],
      trouble: { message: expect.stringContaining('it was closed') },
    })
  })

  it('is a failure where the registry was closed before', async () => {
    await registry.close()

    expect((await viewOf().current())._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryUnavailable' })
  })

  it.each([
    [
      'at once',
      () => {
        throw new Error('a bug')
      },
    ],
    ['later', () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('a bug')) }) })],
  ])('is a failure with its cause where the watch throws %s', async (_, watch) => {
    const logged: unknown[] = []
    const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) }
    const view = viewOf({ registry: watched(watch), logger })

    const refused = (await view.current())._unsafeUnwrapErr()

    expect(refused).toMatchObject({
      type: 'RegistryUnavailable',
      reason: 'following it has failed',
      cause: { message: 'a bug' },
    })
    expect(logged).toMatchObject([{ service: 'orders', err: { message: 'a bug' } }])
  })
})

describe('followers', () => {
  it('are told the newest only where they are slow', async () => {
    registry.tell('orders', [a])
    const follower = viewOf().watch(new AbortController().signal)
    const told = [ids((await follower.next()).value?._unsafeUnwrap() as Snapshot)]

    for (const instances of [[b], [c], [a, b], [a, b, c]]) {
      registry.tell('orders', instances)
      await settled()
    }
    told.push(ids((await follower.next()).value?._unsafeUnwrap() as Snapshot))

    expect(told).toEqual(['a', 'abc'])
  })

  it('end with the reason of their signal, and with a close', async () => {
    registry.tell('orders', [a])
    const view = viewOf()
    const stop = new AbortController()
    const [one, other] = [view.watch(stop.signal), view.watch(new AbortController().signal)]
    await one.next()
    await other.next()
    const [first, second] = [one.next(), other.next()]

    stop.abort('enough')
    view.close()

    await expect(first).rejects.toBe('enough')
    expect(await second).toEqual({ done: true, value: undefined })
  })

  it('share one watch', async () => {
    registry.tell('orders', [a])
    const view = viewOf()

    await Promise.all(Array.from({ length: 100 }, () => view.current()))

    expect(registry.watches).toBe(1)
  })

  it('that listen are told what is known, and each change, until they leave', async () => {
    registry.tell('orders', [a])
    const view = viewOf()
    await orThrow(view.current())
    const told: string[] = []
    const leave = view.listen((snapshot) => told.push(ids(snapshot)))
    registry.tell('orders', [a, b])
    await settled()

    leave()
    registry.tell('orders', [a, b, c])
    await settled()

    expect(told).toEqual(['a', 'ab'])
  })

  it('that throw do not end what the others follow', async () => {
    registry.tell('orders', [a])
    const view = viewOf({ massDrops: massDropsOf({ leastInstances: 1, maxShare: 0, holdMs: 1_000 }) })
    view.listen(() => {
      throw new Error('a bad balancer')
    })
    const told: string[] = []
    view.listen((snapshot) => told.push(ids(snapshot)))
    await orThrow(view.current())

    registry.tell('orders', [])
    await settled()
    timer.advance(1_000)
    registry.tell('orders', [a, b])
    await settled()

    expect(told).toEqual(['a', 'a', '', 'ab'])
  })
})

describe('a loss that is held back', () => {
  it('is stale as the registry is, also when its time is over', async () => {
    const logged: unknown[] = []
    const logger = { ...silentLogger, warn: (fields: object) => void logged.push(fields) }
    registry.tell('orders', [a, b, c])
    const view = viewOf({ massDrops: massDropsOf({ holdMs: 60_000 }), logger })
    await orThrow(view.current())
    registry.tell('orders', [a])
    await settled()
    expect(view.now()._unsafeUnwrap()).toMatchObject({ stale: false, instances: [{}, {}, {}] })
    expect(logged).toEqual([{ service: 'orders', held: 2, told: 1 }])

    registry.fail()
    await settled()
    expect(view.now()._unsafeUnwrap()).toMatchObject({ stale: true, instances: [{}, {}, {}] })
    timer.advance(60_000)

    expect(view.now()._unsafeUnwrap()).toMatchObject({ stale: true, instances: [{ id: 'a' }] })
  })

  it('stays stale after the registry was closed', async () => {
    registry.tell('orders', [a, b, c])
    const view = viewOf({ massDrops: massDropsOf({ holdMs: 60_000 }) })
    await orThrow(view.current())
    registry.tell('orders', [a])
    await settled()
    await registry.close()
    await settled()

    timer.advance(60_000)

    expect(view.now()._unsafeUnwrap()).toMatchObject({
      stale: true,
      trouble: { type: 'RegistryUnavailable' },
      instances: [{ id: 'a' }],
    })
  })
})

it('leaves no timer and tells nothing more when it is closed', async () => {
  registry.tell('orders', [a, b, c])
  const view = viewOf({ massDrops: massDropsOf({}) })
  await orThrow(view.current())
  registry.tell('orders', [])
  await settled()
  expect(timer.waits).toEqual([60_000])

  view.close()
  registry.tell('orders', [b])
  await settled()

  expect(timer.waits).toEqual([])
  expect(ids(view.now()._unsafeUnwrap())).toBe('abc')
})
