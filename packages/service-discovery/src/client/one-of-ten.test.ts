import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ServiceDiscovery } from '../discovery/service-discovery.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'

const calls = 20_000
const between = 5

let registry: ScriptedRegistry
let discovery: ServiceDiscovery
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  registry = new ScriptedRegistry()
  registry.tell(
    'orders',
    Array.from({ length: 10 }, (_, at) => ({ id: `i-${at}`, host: `10.0.0.${at + 1}`, port: 80 })),
  )
  discovery = new ServiceDiscovery({ registry })
})
afterEach(async () => {
  await discovery.close()
  await registry.close()
  vi.useRealTimers()
})

describe('one of ten instances that fails every call', () => {
  it('is seen by no more than one caller in a thousand, at no more than a fifth more attempts', async () => {
    const client = discovery.serviceClient('orders')
    let attempts = 0
    let seen = 0
    const call = async () => {
      const answer = await client.execute(
        ({ id }) => {
          attempts++
          if (id === 'i-3') throw new Error('always')
          return id
        },
        { isIdempotent: true },
      )
      if (answer.isErr()) seen++
    }

    // nearly two minutes of virtual time, in which it is let back and put out again
    const calling: Promise<void>[] = []
    for (let count = 0; count < calls; count++) {
      calling.push(call())
      await vi.advanceTimersByTimeAsync(between)
    }
    await vi.advanceTimersByTimeAsync(5_000)
    await Promise.all(calling)

    expect(seen / calls).toBeLessThanOrEqual(0.001)
    expect(attempts / calls).toBeLessThanOrEqual(1.2)
    expect(attempts).toBeGreaterThan(calls)
  })
})
