import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { RecordedEvent } from '@ashlar/event-store'
import { silentLogger } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import { hasEtcd, startEtcd } from '@ashlar/test-etcd'
import { describe, expect, it } from 'vitest'
import { openShop, type Shop } from '../src/composition.ts'
import type { Sku } from '../src/domain/catalogue/product.ts'
import type { ReservationId } from '../src/domain/inventory/reservation.ts'
import { registryOf } from '../src/infrastructure/services/registry-of.ts'
import { ServiceDesk } from '../src/infrastructure/services/service-desk.ts'
import { gatherEvidence } from '../src/presentation/console/evidence.ts'
import { checkInvariants } from '../src/presentation/console/invariants.ts'
import { startService } from '../src/presentation/console/service-process.ts'
import { soon } from '../src/presentation/console/worker-process.ts'
import { context } from './opened-shop.ts'
import { order, outcomeOf, servedShop, stocked, tried } from './service-processes.ts'
import { runProcess, startProcess } from './shop-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const main = '../src/main.ts'
const nowhere = 'consul:http://127.0.0.1:1'

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

  it('lets orders wait while both inventory processes are dead, and completes them when one is back', async () => {
    const { shop, customerId } = await served.open()
    const [first, second] = await Promise.all([
      served.start('inventory'),
      served.start('inventory'),
      served.start('payments'),
    ])
    shop.ledger.arrange('shipping', 'create', 'hang-before')
    const paid = await order(shop, customerId, 'paid')
    await soon(() => shop.ledger.requests('shipping', 'create') > 0)
    await Promise.all([first.kill(), second.kill()])
    const waiting = await order(shop, customerId, 'waits')
    const placed = [paid, waiting]
    for (let number = 2; number < 10; number++) placed.push(await order(shop, customerId, `waits-${number}`))

    // more often than a step is tried whose work is done in this process
    await Promise.all([tried(shop, waiting, 'inventory', 9), tried(shop, paid, 'completion', 5)])
    await served.start('inventory')
    const outcomes = await Promise.all(placed.map((orderId) => outcomeOf(shop, orderId)))

    expect(outcomes.filter((status) => status !== 'completed')).toEqual([])
    const evidence = await gatherEvidence(shop)
    expect(evidence.charges).toHaveLength(10)
    expect(checkInvariants([evidence]).filter(({ holds }) => !holds)).toEqual([])
  })

  it('goes on while the registry is away, even when an inventory process dies meanwhile', async () => {
    const { shop, customerId } = await served.open()
    const [first] = await Promise.all([
      served.start('inventory'),
      served.start('inventory'),
      served.start('payments'),
    ])
    expect(await outcomeOf(shop, await order(shop, customerId, 'before'))).toBe('completed')

    served.consul().cut()
    const placed = []
    for (let number = 0; number < 10; number++) {
      if (number === 5) await first.kill()
      placed.push(await order(shop, customerId, `meanwhile-${number}`))
    }
    const outcomes = await Promise.all(placed.map((orderId) => outcomeOf(shop, orderId)))
    served.consul().mend()

    expect(outcomes.filter((status) => status !== 'completed')).toEqual([])
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

  it('answers what it was asked before it was told to leave, and only then ends', async () => {
    const { shop } = await served.open()
    const inventory = await served.start('inventory')
    const body = JSON.stringify({ lines: [{ sku: 'TEA-001', quantity: 2 }] })
    const asked = request(`http://127.0.0.1:${inventory.port}/reservations/slow`, {
      method: 'PUT',
      headers: { 'content-length': body.length },
    })
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>
    asked.write(body.slice(0, 5))
    await once(asked, 'socket')

    const ended = inventory.end()
    await untilClosed(inventory.port)
    asked.end(body.slice(5))

    const [answer] = await answered
    expect(answer.statusCode).toBe(200)
    answer.resume()
    expect(await ended).toBe(0)
    expect(await reservedEvents(shop)).toHaveLength(1)
  })

  it('does to its end what somebody has asked for who does not wait', async () => {
    const { shop } = await served.open()
    const inventory = await served.start('inventory')
    const body = JSON.stringify({ lines: [{ sku: 'TEA-001', quantity: 2 }] })
    const asked = request(`http://127.0.0.1:${inventory.port}/reservations/left`, { method: 'PUT' })

    asked.end(body, () => asked.destroy())
    await once(asked, 'close').catch(() => undefined)
    expect(await inventory.end()).toBe(0)

    expect(await reservedEvents(shop)).toHaveLength(1)
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

  const reservation = '/reservations/r-1'
  const hostile: readonly [what: string, path: string, init: RequestInit, status: number][] = [
    ['no JSON', reservation, { method: 'PUT', body: '{"lines":' }, 400],
    ['no body', reservation, { method: 'PUT' }, 400],
    ['something else', reservation, { method: 'PUT', body: '{"lines":"all"}' }, 400],
    ['a quantity that is none', reservation, put({ lines: [{ sku: 'TEA-001', quantity: -1 }] }), 400],
    ['a field too many', reservation, put({ lines: [{ sku: 'TEA-001', quantity: 1, price: 0 }] }), 400],
    ['no lines', reservation, put({ lines: [] }), 400],
    ['a prototype', reservation, { method: 'PUT', body: '{"__proto__":{"lines":[]}}' }, 400],
    ['a key that can not be', '/reservations/%E0%A4%A', put({ lines: [] }), 400],
    ['a key without an end', `/reservations/${'k'.repeat(201)}`, put({ lines: [] }), 400],
    ['too much', reservation, { method: 'PUT', body: 'x'.repeat(1_000_000) }, 413],
    ['another method', reservation, { method: 'POST', body: '{}' }, 405],
    ['another path', '/admin', put({}), 404],
    ["the path of the other service's part", '/charges/c-1', put({}), 404],
    ['a path with a question', `${reservation}?as=admin`, put({ lines: [] }), 404],
    ['an end that is none', `${reservation}/end`, put({ as: 'burnt' }), 400],
    ['a product that nobody knows', '/reservations/r-2', put({ lines: [{ sku: 'NO', quantity: 1 }] }), 422],
    ['a sale of nothing', '/reservations/r-3/end', put({ as: 'sold' }), 422],
  ]

  it('refuses what can not be, each by its status and with a failure, and lives', async () => {
    const { shop } = await served.open()
    const { port } = await served.start('inventory')

    const found = []
    for (const [what, path, init] of hostile) {
      const refused = await fetch(`http://127.0.0.1:${port}${path}`, init)
      expect(await refused.json(), what).toMatchObject({ failure: { type: expect.any(String) } })
      found.push([what, refused.status])
    }
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`)

    expect(found).toEqual(hostile.map(([what, , , status]) => [what, status]))
    expect(ready.status).toBe(200)
    expect(await reservedEvents(shop)).toEqual([])
  })

  it('does what it is asked twice only once, for the same lines, and notes who began it', async () => {
    const { shop } = await served.open()
    const { port } = await served.start('inventory')
    const headers = { 'x-correlation-id': 'began-here' }
    const ask = (quantity: number) =>
      fetch(`http://127.0.0.1:${port}/reservations/r-1`, {
        ...put({ lines: [{ sku: 'TEA-001', quantity }] }),
        headers,
      })

    const answers = await Promise.all([ask(2), ask(2), ask(2)])
    const other = await ask(3)

    expect(answers.some(({ ok }) => ok)).toBe(true)
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true)
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({
      failure: { type: 'ReservationDiffers', reservationId: 'r-1' },
    })
    const reserved = await reservedEvents(shop)
    expect(reserved).toMatchObject([{ data: { quantity: 2 }, metadata: { correlationId: 'began-here' } }])
  })

  it('is understood by its caller: what it refuses has the same type on the other side', async () => {
    await served.open()
    await Promise.all([served.start('inventory'), served.start('payments')])
    const desk = ServiceDesk.open(served.registry(), silentLogger)
    const sku = 'TEA-001' as Sku
    const charge = { orderId: 'o-1', customerId: 'c-1', method: 'card' }
    const { signal } = new AbortController()
    const reserve = (quantity: number) =>
      desk.warehouse.reserve('r-1' as ReservationId, [{ sku, quantity }], context)
    const pay = (pounds: string) =>
      desk.payments.charge({ ...charge, amount: { amount: pounds, currency: 'GBP' } }, 'k-1', signal)

    const held = [await reserve(2), await reserve(3), await reserve(2)]
    const paid = [await pay('10.00'), await pay('99.00'), await pay('10.00')]

    expect(held.map(outcome)).toEqual(['ok', 'ReservationDiffers', 'ok'])
    expect(paid.map(outcome)).toEqual(['ok', 'PaymentDeclined', 'ok'])
    await expect(pay('-5.00')).rejects.toThrow('payments must answer with')
    await desk.close()
  })

  it('says what is wrong with its options, with code 2', async () => {
    const wrong: readonly [argv: readonly string[], said: string][] = [
      [['shipping', '--directory', '.', '--registry', nowhere], 'inventory or payments'],
      [['inventory', '--registry', nowhere], '--directory is missing'],
      [['inventory', '--directory', '.'], '--registry is missing'],
      [['inventory', '--directory', '.', '--registry', 'zookeeper:x'], 'must be consul:URL or etcd:URL'],
      [['inventory', '--directory', '.', '--registry', nowhere, '--port', '70000'], '--port'],
    ]

    const ended = await Promise.all(wrong.map(([argv]) => runProcess(main, ['serve', ...argv])))

    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2])
    for (const [at, [, said]] of wrong.entries()) expect(ended[at]?.stderr).toContain(said)
  })

  it('says that its registry can not be reached, with code 1', async () => {
    await served.open()
    served.consul().cut()

    const options = ['--directory', served.directory(), '--registry', served.address()]
    const { code, stderr } = await runProcess(main, ['serve', 'inventory', ...options])

    expect(stderr).toContain('RegistryUnavailable')
    expect(code).toBe(1)
  })
})

function put(body: object): RequestInit {
  return { method: 'PUT', body: JSON.stringify(body) }
}

function outcome(result: Result<unknown, AnyFailure>): string {
  return result.isOk() ? 'ok' : result.error.type
}

async function reservedEvents(shop: Shop): Promise<readonly RecordedEvent[]> {
  const events = await Array.fromAsync(shop.events.query('all'))
  return events.filter(({ type }) => type === 'StockReserved')
}

/** Waits until a process takes no new connections. */
async function untilClosed(port: number): Promise<void> {
  const answers = () => fetch(`http://127.0.0.1:${port}/health/live`).then(({ ok }) => ok)
  while (await answers().catch(() => false)) await setImmediate()
}
