import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import { ServiceDiscovery } from '../discovery/service-discovery.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import type { ServiceClient } from './service-client.ts'
import { type StandardOptions, standard } from './standard.ts'

const a = { id: 'a', host: '10.0.0.1', port: 80 }
const b = { id: 'b', host: '10.0.0.2', port: 80 }

let registry: ScriptedRegistry
let opened: ServiceDiscovery[]
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  registry = new ScriptedRegistry()
  opened = []
})
afterEach(async () => {
  for (const discovery of opened) await discovery.close()
  await registry.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A client of instances of which a has an open circuit breaker, whose time is over. */
async function clientWithBroken(instances: object[], options: StandardOptions = {}): Promise<ServiceClient> {
  registry.tell('orders', [a])
  const resilience = standard({ attempts: 1, breakerFailures: 1, breakerOpenMs: 100, ...options })
  const discovery = new ServiceDiscovery({ registry, balancer: inOrder, outliers: false, resilience })
  opened.push(discovery)
  const client = discovery.serviceClient('orders')
  const answer = await client.execute(() => Promise.reject(new Error('broken')))
  expect(answer.isErr()).toBe(true)
  registry.tell('orders', instances as [])
  await vi.advanceTimersByTimeAsync(150)
  return client
}

describe('an instance that is tried out by one call', () => {
  it('is left alone by all others, where there is another one', async () => {
    const client = await clientWithBroken([a, b])
    const trial = Promise.withResolvers<string>()
    const asked: string[] = []
    const ask = () =>
      client.execute(({ id }) => {
        asked.push(id)
        return id === 'a' ? trial.promise : id
      })

    const calling = Array.from({ length: 20 }, ask)
    await vi.advanceTimersByTimeAsync(0)
    const meanwhile = [...asked]
    trial.resolve('well')
    const answers = await Promise.all(calling)

    expect(meanwhile.filter((id) => id === 'a')).toHaveLength(1)
    expect(meanwhile.filter((id) => id === 'b')).toHaveLength(19)
    expect(answers.every((answer) => answer.isOk())).toBe(true)
  })

  it('is waited for where there is no other one', async () => {
    const client = await clientWithBroken([a])
    const trial = Promise.withResolvers<string>()

    const calling = Array.from({ length: 20 }, () => client.execute(() => trial.promise))
    trial.resolve('well')

    expect((await Promise.all(calling)).every((answer) => answer.isOk())).toBe(true)
  })

  it('gets nothing from a call whose caller has left while it waited', async () => {
    const client = await clientWithBroken([a])
    const trial = Promise.withResolvers<string>()
    const asked: number[] = []
    const stop = new AbortController()

    const trying = client.execute(() => trial.promise)
    const left = client.execute(() => asked.push(1), { signal: stop.signal }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(10)
    stop.abort(new Error('enough'))
    trial.resolve('well')
    await vi.advanceTimersByTimeAsync(10)

    expect([(await trying).unwrapOr('none'), await left]).toEqual(['well', new Error('enough')])
    expect(asked).toEqual([])
  })

  it('gets nothing from the loser of a hedge that has waited', async () => {
    const client = await clientWithBroken([a], { attempts: 2, hedgeAfterMs: 10, retryShare: 1 })
    const trial = Promise.withResolvers<string>()
    const asked: string[] = []

    const trying = client.execute(() => trial.promise)
    const hedging = client.execute(({ id }) => asked.push(id), { isIdempotent: true })
    registry.tell('orders', [a, b])
    await vi.advanceTimersByTimeAsync(10)
    trial.resolve('well')
    await vi.advanceTimersByTimeAsync(10)

    expect([(await trying).isOk(), (await hedging).isOk()]).toEqual([true, true])
    expect(asked).toEqual(['b'])
  })
})
