import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { orThrow } from '@ashlar/result'
import type { ServiceRegistry } from '@ashlar/service-discovery'
import { ConsulDouble } from '@ashlar/service-discovery/consul/testing'
import { afterEach, beforeEach } from 'vitest'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { openShop, type Shop } from '../src/composition.ts'
import type { CustomerId } from '../src/domain/customers/customer.ts'
import type { OrderId } from '../src/domain/orders/order.ts'
import { registryOf } from '../src/infrastructure/services/registry-of.ts'
import { type ServiceProcess, startService } from '../src/presentation/console/service-process.ts'
import type { ServiceName } from '../src/presentation/services/routes.ts'
import { cartFor, checkOut } from './filled-cart.ts'
import { context, registration } from './opened-shop.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A shop whose inventory and payments are processes, found by a registry; all of it ends with the test. */
export function servedShop() {
  const folder = temporaryFolder()
  let consul: ConsulDouble
  let registry: ServiceRegistry
  let processes: ServiceProcess[]
  let closing: (() => Promise<void>)[]
  beforeEach(async () => {
    consul = await ConsulDouble.start()
    registry = registryOf(`consul:${consul.url}`)._unsafeUnwrap()
    processes = []
    closing = []
  })
  afterEach(async () => {
    for (const close of closing) await close()
    await Promise.all(processes.map((one) => one.kill()))
    await registry.close()
    await consul.stop()
  })
  return {
    consul: () => consul,
    registry: () => registry,
    directory: () => join(folder(), 'shop'),
    address: () => `consul:${consul.url}`,
    async start(service: ServiceName): Promise<ServiceProcess> {
      const started = await startService(service, join(folder(), 'shop'), `consul:${consul.url}`)
      processes.push(started)
      return started
    },
    /** A shop with stock and a customer, whose orders are fulfilled through the services. */
    async open({
      stock = 1_000,
      isAtWork = true,
    } = {}): Promise<{ readonly shop: Shop; readonly customerId: CustomerId }> {
      const directory = join(folder(), 'shop')
      await mkdir(directory, { recursive: true })
      const shop = await openShop({ store: 'sqlite', directory, services: registry })
      const stop = new AbortController()
      const running = isAtWork ? shop.orchestrator.run({ signal: stop.signal }) : undefined
      closing.push(async () => {
        stop.abort()
        await running
        await shop.close()
      })
      return { shop, customerId: await stocked(shop, stock) }
    },
  }
}

/** Fills the shelves with tea, and registers a customer. */
export async function stocked(shop: Shop, quantity: number): Promise<CustomerId> {
  await orThrow(shop.mediator.sendInput(ReceiveStock, { sku: 'TEA-001', quantity }, context))
  return (await orThrow(shop.mediator.sendInput(RegisterCustomer, registration, context))).value.customerId
}

/** Orders one packet of tea. */
export async function order(shop: Shop, customerId: CustomerId, idempotencyKey: string): Promise<OrderId> {
  const cart = await cartFor(shop, customerId)
  return (await orThrow(checkOut(shop, { ...cart, idempotencyKey }))).value.orderId
}

/** Waits until a step of an order's fulfilment has been tried so often. */
export async function tried(shop: Shop, orderId: OrderId, step: string, times: number): Promise<void> {
  const signal = AbortSignal.timeout(30_000)
  const attempts = async () => (await shop.inspectSaga(orderId))?.log.filter((entry) => entry.step === step)
  while (((await attempts())?.length ?? 0) < times) await setTimeout(lookEveryMs, undefined, { signal })
}

const lookEveryMs = 50

/** How the fulfilment of an order has ended. */
export async function outcomeOf(shop: Shop, orderId: OrderId): Promise<string> {
  return (await shop.sagaOf(orderId).outcome({ signal: AbortSignal.timeout(50_000) })).status
}
