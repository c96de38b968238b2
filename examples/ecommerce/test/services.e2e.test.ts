import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasEtcd, startEtcd } from '@ashlar/test-etcd'
import { describe, expect, it } from 'vitest'
import { openShop } from '../src/composition.ts'
import { registryOf } from '../src/infrastructure/services/registry-of.ts'
import { gatherEvidence } from '../src/presentation/console/evidence.ts'
import { checkInvariants } from '../src/presentation/console/invariants.ts'
import { startService } from '../src/presentation/console/service-process.ts'
import { order, outcomeOf, servedShop, stocked } from './service-processes.ts'
import { runProcess, startProcess } from './shop-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const main = '../src/main.ts'

describe('a shop whose inventory and payments are processes of their own', () => {
  const served = servedShop()

  it('fails no order when one of two inventory processes is killed in the middle of them', async () => {
    const { shop, customerId } = await served.open()
    const [first] = await Promise.all([
      served.start('inventory'),
      served.start('inventory'),
      served.start('payments'),
    ])
    const placed = []

    for (let number = 0; number < 50; number++) {
      if (number === 25) void first.kill()
      placed.push(await order(shop, customerId, `key-${number}`))
    }
    const outcomes = await Promise.all(placed.map((orderId) => outcomeOf(shop, orderId)))

    expect(outcomes.filter((status) => status !== 'completed')).toEqual([])
    const evidence = await gatherEvidence(shop)
    expect(evidence.charges).toHaveLength(50)
    expect(checkInvariants([evidence]).filter(({ holds }) => !holds)).toEqual([])
  })

  it('lets orders wait while no inventory is there, and completes them when it is back', async () => {
    const { shop, customerId } = await served.open()
    const [inventory] = await Promise.all([served.start('inventory'), served.start('payments')])
    await inventory.kill()

    const orderId = await order(shop, customerId, 'waits')
    const again = await served.start('inventory')

    expect(await outcomeOf(shop, orderId)).toBe('completed')
    expect(again.port).toBeGreaterThan(0)
  })

  it('goes on while the registry is away', async () => {
    const { shop, customerId } = await served.open()
    await Promise.all([served.start('inventory'), served.start('payments')])
    const before = await order(shop, customerId, 'before')
    expect(await outcomeOf(shop, before)).toBe('completed')

    served.consul().cut()
    const meanwhile = await order(shop, customerId, 'meanwhile')

    expect(await outcomeOf(shop, meanwhile)).toBe('completed')
    served.consul().mend()
  })

  it('compensates what is refused elsewhere: an order that is out of stock', async () => {
    const { shop, customerId } = await served.open({ stock: 1 })
    await Promise.all([served.start('inventory'), served.start('payments')])

    const first = await outcomeOf(shop, await order(shop, customerId, 'first'))
    const second = await outcomeOf(shop, await order(shop, customerId, 'second'))

    expect([first, second]).toEqual(['completed', 'compensated'])
    const evidence = await gatherEvidence(shop)
    expect(checkInvariants([evidence]).filter(({ holds }) => !holds)).toEqual([])
  })

  it('leaves in order when it is told so: out of the registry, with code 0', async () => {
    await served.open()
    const inventory = await served.start('inventory')

    const code = await inventory.end()

    expect(code).toBe(0)
    const answer = await fetch(`${served.consul().url}/v1/health/service/inventory`)
    expect(await answer.json()).toEqual([])
  })

  it('is served by a worker that is told where they are', async () => {
    const { shop, customerId } = await served.open({ isAtWork: false })
    await Promise.all([served.start('inventory'), served.start('payments')])
    const argv = ['worker', '--directory', served.directory(), '--registry', served.address()]
    const worker = startProcess(main, argv)
    const ended = once(worker, 'exit')
    await once(worker.stdout, 'data')

    const outcome = await outcomeOf(shop, await order(shop, customerId, 'by-the-worker'))
    worker.kill('SIGTERM')

    expect(outcome).toBe('completed')
    expect((await ended)[0]).toBe(0)
  })
})

describe('services that are found by etcd', () => {
  const folder = temporaryFolder()

  it('fulfil an order, where there is etcd', async () => {
    if (!hasEtcd()) return expect(process.env.CI).toBeUndefined()
    const cluster = await startEtcd()
    const directory = join(folder(), 'shop')
    await mkdir(directory)
    const address = `etcd:${cluster.endpoints.join(',')}`
    const services = registryOf(address)._unsafeUnwrap()
    const shop = await openShop({ store: 'sqlite', directory, services })
    const stop = new AbortController()
    const running = shop.orchestrator.run({ signal: stop.signal })
    const customerId = await stocked(shop, 10)
    const processes = await Promise.all([
      startService('inventory', directory, address),
      startService('payments', directory, address),
    ])

    const outcome = await outcomeOf(shop, await order(shop, customerId, 'by-etcd'))
    const codes = await Promise.all(processes.map((one) => one.end()))

    expect(outcome).toBe('completed')
    expect(codes).toEqual([0, 0])
    stop.abort()
    await running
    await shop.close()
    await services.close()
    await cluster.close()
  })
})

describe('a process that serves a part of the shop', () => {
  const served = servedShop()

  it.each<[string, string, RequestInit, number]>([
    ['no JSON', '/reservations/r-1', { method: 'PUT', body: '{"lines":' }, 400],
    ['something else', '/reservations/r-1', { method: 'PUT', body: '{"lines":"all"}' }, 400],
    [
      'quantities that are none',
      '/reservations/r-1',
      put({ lines: [{ sku: 'TEA-001', quantity: -1 }] }),
      400,
    ],
    ['no lines', '/reservations/r-1', put({ lines: [] }), 400],
    ['a prototype', '/reservations/r-1', { method: 'PUT', body: '{"__proto__":{"lines":[]}}' }, 400],
    ['a key that can not be', '/reservations/%E0%A4%A', put({ lines: [] }), 400],
    ['too much', '/reservations/r-1', { method: 'PUT', body: 'x'.repeat(1_000_000) }, 413],
    ['another method', '/reservations/r-1', { method: 'POST', body: '{}' }, 405],
    ['another path', '/admin', put({}), 404],
    ['an end that is none', '/reservations/r-1/end', put({ as: 'burnt' }), 400],
    ['a product that nobody knows', '/reservations/r-2', put({ lines: [{ sku: 'NOPE', quantity: 1 }] }), 422],
  ])('refuses %s, and lives', async (_, path, init, status) => {
    await served.open()
    const { port } = await served.start('inventory')

    const refused = await fetch(`http://127.0.0.1:${port}${path}`, init)
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`)

    expect(refused.status).toBe(status)
    expect(await refused.json()).toMatchObject({ failure: { type: expect.any(String) } })
    expect(ready.status).toBe(200)
  })

  it('does what it is asked twice only once', async () => {
    const { shop } = await served.open()
    const { port } = await served.start('inventory')
    const ask = () =>
      fetch(`http://127.0.0.1:${port}/reservations/r-1`, put({ lines: [{ sku: 'TEA-001', quantity: 2 }] }))

    const answers = await Promise.all([ask(), ask(), ask()])

    expect(answers.some(({ ok }) => ok)).toBe(true)
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true)
    const stock = await Array.fromAsync(shop.events.query('all'))
    expect(stock.filter(({ type }) => type === 'StockReserved')).toHaveLength(1)
  })

  it.each([
    [
      'an unknown service',
      ['shipping', '--directory', '.', '--registry', 'consul:http://127.0.0.1:1'],
      'inventory or payments',
    ],
    ['no directory', ['inventory', '--registry', 'consul:http://127.0.0.1:1'], '--directory is missing'],
    ['no registry', ['inventory', '--directory', '.'], '--registry is missing'],
    [
      'another registry',
      ['inventory', '--directory', '.', '--registry', 'zookeeper:x'],
      'must be consul:URL or etcd:URL',
    ],
    [
      'a port that is none',
      ['inventory', '--directory', '.', '--registry', 'etcd:http://127.0.0.1:1', '--port', '70000'],
      '--port',
    ],
  ])('says what is wrong with %s, with code 2', async (_, argv, said) => {
    const { code, stderr } = await runProcess(main, ['serve', ...argv])

    expect(stderr).toContain(said)
    expect(code).toBe(2)
  })

  it('says that there is no registry, with code 1', async () => {
    await served.open()

    const { code, stderr } = await runProcess(main, [
      'serve',
      'inventory',
      '--directory',
      served.directory(),
      '--registry',
      'consul:http://127.0.0.1:1',
    ])

    expect(stderr).toContain('RegistryUnavailable')
    expect(code).toBe(1)
  })
})

function put(body: object): RequestInit {
  return { method: 'PUT', body: JSON.stringify(body) }
}
