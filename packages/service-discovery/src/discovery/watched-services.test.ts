import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { ServiceDiscovery } from './service-discovery.ts'

const idleMs = 1_000

function opened() {
  const registry = new ScriptedRegistry()
  registry.tell('orders', [{ host: '10.0.0.1', port: 80 }])
  const timer = manualTimer()
  return { registry, timer, discovery: new ServiceDiscovery({ registry, timer, idleMs }) }
}

/** Comes back once nothing is watched any more. */
async function allEnded(registry: ScriptedRegistry): Promise<void> {
  while (registry.watching > 0) await new Promise(setImmediate)
}

describe('a service that was asked about', () => {
  it('is watched no longer once nobody has asked for a while, and again when somebody does', async () => {
    const { registry, timer, discovery } = opened()
    expect((await discovery.getServiceEndpoint('orders')).isOk()).toBe(true)

    timer.advance(2 * idleMs)
    await allEnded(registry)
    const again = await discovery.getServiceEndpoint('orders')

    expect(again.isOk()).toBe(true)
    expect(registry.watches).toBe(2)
    await discovery.close()
  })

  it('is watched for as long as it is asked about', async () => {
    const { registry, timer, discovery } = opened()

    for (let asked = 0; asked < 10; asked++) {
      expect((await discovery.checkHealth('orders')).isOk()).toBe(true)
      timer.advance(idleMs / 2)
    }

    expect(registry.watches).toBe(1)
    await discovery.close()
  })

  it('is watched for as long as it has a client or a follower', async () => {
    const { registry, timer, discovery } = opened()
    const client = discovery.serviceClient('orders')
    expect((await client.endpoint()).isOk()).toBe(true)

    timer.advance(100 * idleMs)
    await new Promise(setImmediate)

    expect(client.pick()?.host).toBe('10.0.0.1')
    expect(registry.watching).toBe(1)
    await discovery.close()
    await allEnded(registry)
  })

  it('keeps no memory of names that came from outside', async () => {
    const { registry, timer, discovery } = opened()

    for (let name = 0; name < 1_000; name++) {
      expect((await discovery.getServiceEndpoint(`made-up-${name}`)).isErr()).toBe(true)
      timer.advance(10)
    }

    expect(registry.watching).toBeLessThanOrEqual((2 * idleMs) / 10)
    await discovery.close()
    expect(timer.waits).toEqual([])
  })
})
