import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import type { BalancerPolicy } from '../balance/balancer.ts'
import { DiscoveryClosedError } from '../discovery/discovery-closed-error.ts'
import { ServiceDiscovery, type ServiceDiscoveryOptions } from '../discovery/service-discovery.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { standard } from './standard.ts'

const a = { id: 'a', host: '10.0.0.1', port: 80 }
const b = { id: 'b', host: '10.0.0.2', port: 80 }

let registry: ScriptedRegistry
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  registry = new ScriptedRegistry()
})
afterEach(async () => {
  await registry.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

async function opened(options: Partial<ServiceDiscoveryOptions> = {}) {
  registry.tell('orders', [a, b])
  const discovery = new ServiceDiscovery({ registry, balancer: inOrder, ...options })
  const client = discovery.serviceClient('orders')
  expect((await discovery.snapshot('orders')).isOk()).toBe(true)
  return { discovery, client }
}

describe('a call that runs while its discovery is closed', () => {
  it('ends as it would have', async () => {
    const { discovery, client } = await opened()
    const answer = Promise.withResolvers<string>()

    const calling = client.execute(() => answer.promise)
    await discovery.close()
    answer.resolve('still here')

    expect((await calling).unwrapOr('none')).toBe('still here')
  })

  it('has no more time than any other', async () => {
    const { discovery, client } = await opened({
      resilience: standard({ attemptTimeoutMs: 50, attempts: 1 }),
    })

    const calling = client.execute(() => new Promise(() => {}))
    await discovery.close()
    await vi.advanceTimersByTimeAsync(50)

    expect((await calling)._unsafeUnwrapErr()).toMatchObject({ reason: 'no answer within 50 ms' })
  })

  it('is not tried again', async () => {
    const { discovery, client } = await opened()
    const asked: string[] = []

    const calling = client.execute(
      ({ id }) => {
        asked.push(id)
        return Promise.reject(new Error('broken'))
      },
      { isIdempotent: true },
    )
    const closed = expect(calling).rejects.toBeInstanceOf(DiscoveryClosedError)
    await discovery.close()
    await vi.advanceTimersByTimeAsync(1_000)

    await closed
    expect(asked).toEqual(['a'])
  })

  it('is not begun where the registry has not answered yet', async () => {
    registry.tell('orders', [a])
    const silent = {
      ...registry,
      name: 'silent',
      watch: async function* () {
        await new Promise(() => {})
      },
    }
    const discovery = new ServiceDiscovery({ registry: silent as unknown as ScriptedRegistry })
    const client = discovery.serviceClient('orders')

    const asked: string[] = []

    const calling = client.execute(({ id }) => asked.push(id))
    const choosing = client.endpoint()
    await discovery.close()

    expect((await calling)._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryUnavailable' })
    expect((await choosing)._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryUnavailable' })
    expect(asked).toEqual([])
  })

  it('chooses nobody', async () => {
    const { discovery, client } = await opened()

    const choosing = client.endpoint()
    const closing = discovery.close()

    await expect(choosing).rejects.toBeInstanceOf(DiscoveryClosedError)
    await closing
  })

  it('may release what it has acquired', async () => {
    const { discovery, client } = await opened({ outliers: { consecutiveFailures: 1 } })

    const acquired = client.acquire()
    await discovery.close()
    acquired?.release('failure')

    expect(acquired?.instance.id).toBe('a')
  })
})

describe('a call while the registry goes on', () => {
  it('ends as it would have where its instance leaves', async () => {
    const { discovery, client } = await opened({ massDrop: false })
    const answer = Promise.withResolvers<string>()

    const calling = client.execute(() => answer.promise)
    registry.tell('orders', [b])
    await vi.advanceTimersByTimeAsync(0)
    answer.resolve('still here')

    expect((await calling).unwrapOr('none')).toBe('still here')
    await discovery.close()
  })

  it('tells that nobody is left where all leave between two attempts', async () => {
    const { discovery, client } = await opened({ massDrop: false })

    const calling = client.execute(
      () => {
        registry.tell('orders', [])
        return Promise.reject(new Error('broken'))
      },
      { isIdempotent: true },
    )
    await vi.advanceTimersByTimeAsync(1_000)

    expect((await calling)._unsafeUnwrapErr()).toMatchObject({ type: 'NoInstances', known: 0 })
    await discovery.close()
  })

  it.each([0, 1, 2, 3])(
    'is not begun where its caller leaves %d turns after the registry answers',
    async (turns) => {
      const reason = new Error('enough')
      const stop = new AbortController()
      const asked: string[] = []
      const leaving: BalancerPolicy = {
        name: 'leaving',
        create(tools) {
          const balancer = inOrder.create(tools)
          return {
            pick: (key) => balancer.pick(key),
            async update(targets) {
              balancer.update(targets)
              for (let turn = 0; turn < turns; turn++) await Promise.resolve()
              if (targets.length > 0) stop.abort(reason)
            },
          }
        },
      }
      registry.tell('orders', [a])
      const discovery = new ServiceDiscovery({ registry, balancer: leaving })
      const client = discovery.serviceClient('orders')

      const calling = client.execute(({ id }) => asked.push(id), { signal: stop.signal })

      await expect(calling).rejects.toBe(reason)
      expect(asked).toEqual([])
      await discovery.close()
    },
  )
})
