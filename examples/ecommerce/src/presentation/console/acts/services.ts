import { performance } from 'node:perf_hooks'
import { type Instance, ServiceDiscovery } from '@ashlar/service-discovery'
import { consulRegistry } from '@ashlar/service-discovery/consul'
import { ConsulDouble } from '@ashlar/service-discovery/consul/testing'
import type { OrderId } from '../../../domain/orders/order.ts'
import { chargesOf } from '../../../infrastructure/providers/card-payments.ts'
import type { Act } from '../act.ts'
import { startService } from '../service-process.ts'

const sku = 'MUG-014'
const received = 240
const orderCount = 24
const patienceMs = 30_000

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
    try {
      narrator.same('inventory processes, by the registry', (await callable(watched, 2)).length, 2)
      await till.receive({ sku, quantity: received })
      const customerId = await till.register(stage.cast.witness)
      const all: OrderId[] = []
      const place = async (count: number) => {
        const placed: OrderId[] = []
        for (let number = 0; number < count; number++)
          placed.push(await till.order(customerId, `order-${all.length + number}`, { sku, quantity: 1 }))
        all.push(...placed)
        return placed
      }
      const completed = async (ids: readonly OrderId[]) => {
        const outcomes = await Promise.all(ids.map((id) => till.outcome(id)))
        return outcomes.filter(({ status }) => status === 'completed').length
      }

      const before = await place(orderCount / 2)
      const killedAt = performance.now()
      await first.kill()
      narrator.note(
        `process ${first.pid} was killed after ${orderCount / 2} orders, with some of them under way`,
      )
      const noticed = callable(watched, 1).then((left) => ({
        left,
        ms: Math.round(performance.now() - killedAt),
      }))
      const after = await place(orderCount / 2)
      narrator.same(
        'orders that were completed all the same',
        await completed([...before, ...after]),
        orderCount,
      )
      const { left: survivors, ms } = await noticed
      narrator.fact('the registry takes it out by itself', survivors.length === 1, `${ms} ms after its death`)

      const third = await startService('inventory', directory, address)
      processes.push(third)
      narrator.same('it is started again; those to be called', (await callable(watched, 2)).length, 2)
      const leaving = second.end()
      const meanwhile = await place(orderCount / 2)
      narrator.same('the second one leaves when it is told so, with code', await leaving, 0)
      narrator.same('orders meanwhile, all completed', await completed(meanwhile), orderCount / 2)
      const left = await known(watched, (instances) => !instances.some(({ port }) => port === second.port))
      narrator.same('it is registered no more; left is the new one', portsOf(passing(left)), portsOf([third]))
      const alone = await place(orderCount / 4)
      narrator.same('orders that only the new one can serve', await completed(alone), orderCount / 4)

      const charged = chargesOf(till.shop.ledger).map(({ payload }) => String(JSON.parse(payload).orderId))
      narrator.same('orders that were charged, each once', new Set(charged).size, all.length)
      narrator.same('charges', charged.length, all.length)
      const { available, reserved } = await till.stock(sku)
      narrator.same('stock that is left', `${available} + ${reserved}`, `${received - all.length} + 0`)
    } finally {
      stop.abort()
      await working
      await Promise.all(processes.map((one) => one.kill()))
    }
  },
}

/** Waits until so many inventory processes, and no others, can be called. */
async function callable(watched: ServiceDiscovery, count: number): Promise<readonly Instance[]> {
  return passing(await known(watched, (instances) => passing(instances).length === count))
}

/** Those that can be called; of the killed one the registry keeps for a while that it is dead. */
function passing(instances: readonly Instance[]): readonly Instance[] {
  return instances.filter(({ health }) => health === 'passing')
}

/** Waits until the registry tells of the inventory what is looked for; of nobody when it never does. */
async function known(
  watched: ServiceDiscovery,
  holds: (instances: readonly Instance[]) => boolean,
): Promise<readonly Instance[]> {
  try {
    for await (const told of watched.watch('inventory', { signal: AbortSignal.timeout(patienceMs) }))
      if (told.isOk() && holds(told.value.instances)) return told.value.instances
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error
  }
  return []
}

function portsOf(all: readonly { readonly port: number }[]): string {
  return all.map(({ port }) => port).join(', ')
}
