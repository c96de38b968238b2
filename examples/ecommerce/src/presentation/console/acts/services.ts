import { ServiceDiscovery } from '@ashlar/service-discovery'
import { consulRegistry } from '@ashlar/service-discovery/consul'
import { ConsulDouble } from '@ashlar/service-discovery/consul/testing'
import { chargesOf } from '../../../infrastructure/providers/card-payments.ts'
import type { Act } from '../act.ts'
import { startService } from '../service-process.ts'

const orderCount = 24

/** Two processes hold the stock and one takes the money; this one has the registry and the orders. */
export const services: Act = {
  title: 'inventory and payments as processes of their own',
  async play(stage, narrator) {
    await using consul = await ConsulDouble.start()
    const address = `consul:${consul.url}`
    await using registry = consulRegistry({ url: consul.url })
    await using watched = new ServiceDiscovery({ registry, massDrop: false })
    const name = 'distributed'
    const till = await stage.openShop(name, 'sqlite', { services: registry })
    const directory = stage.directoryOf(name)
    const [first, second, payments] = await Promise.all([
      startService('inventory', directory, address),
      startService('inventory', directory, address),
      startService('payments', directory, address),
    ])
    const processes = [first, second, payments]
    const stop = new AbortController()
    const working = till.shop.orchestrator.run({ signal: stop.signal })
    /** Waits until so many inventory processes can be called. */
    const healthy = async (count: number) => {
      for await (const told of watched.watch('inventory', { signal: AbortSignal.timeout(30_000) })) {
        const all = told.isOk() ? told.value.instances : []
        if (all.filter(({ health }) => health === 'passing').length === count) return all
      }
      return []
    }
    try {
      narrator.same('inventory processes, by the registry', (await healthy(2)).length, 2)
      await till.receive({ sku: 'MUG-014', quantity: 10 * orderCount })
      const customerId = await till.register(stage.cast.witness)
      const order = (key: string) => till.order(customerId, key, { sku: 'MUG-014', quantity: 1 })
      const completed = async (ids: readonly Awaited<ReturnType<typeof order>>[]) => {
        const outcomes = await Promise.all(ids.map((id) => till.outcome(id)))
        return outcomes.filter(({ status }) => status === 'completed').length
      }

      const placed = []
      for (let number = 0; number < orderCount; number++) {
        if (number === orderCount / 2) await first.kill()
        placed.push(await order(`distributed-${number}`))
      }
      narrator.note(
        `process ${first.pid} was killed after ${orderCount / 2} orders, with some of them under way`,
      )
      narrator.same('orders that were completed all the same', await completed(placed), orderCount)
      const left = await healthy(1)
      narrator.same(
        'the registry has noticed: it can be called no more',
        left.filter(({ port, health }) => port === first.port && health === 'passing').length,
        0,
      )

      const third = await startService('inventory', directory, address)
      processes.push(third)
      narrator.same(
        'another one takes its place',
        (await healthy(2)).length > 0 ? 'known' : 'unknown',
        'known',
      )
      const more = []
      const leaving = second.end()
      for (let number = 0; number < orderCount / 2; number++) more.push(await order(`leaving-${number}`))
      narrator.same('the second one leaves when it is told so, with code', await leaving, 0)
      narrator.same('orders meanwhile, all completed', await completed(more), orderCount / 2)
      narrator.same('charges', chargesOf(till.shop.ledger).length, placed.length + more.length)
    } finally {
      stop.abort()
      await working
      await Promise.all(processes.map((one) => one.kill()))
    }
  },
}
