import { join } from 'node:path'
import { InMemoryRepository } from '@ashlar/domain'
import { EventSourcedRepository } from '@ashlar/event-sourcing'
import type { EventStore } from '@ashlar/event-store'
import { type Exposure, ExposureRecorder, type ExposureSink } from '@ashlar/feature-flags'
import { type Clock, type IdGenerator, type Logger, silentLogger, systemClock, uuidv7 } from '@ashlar/kernel'
import { KyselyUnitOfWork } from '@ashlar/kysely'
import type { IdempotencyStore, TransactionalStorage } from '@ashlar/mediator'
import { InMemoryStorage } from '@ashlar/memory'
import type { PluginPolicy } from '@ashlar/plugins'
import { FailureError } from '@ashlar/result'
import { SagaOrchestrator, type SagaStore } from '@ashlar/saga'
import type { ServiceRegistry } from '@ashlar/service-discovery'
import { type SqlitePorts, SqliteStorage } from '@ashlar/sqlite'
import { AddItem, addItem } from './application/carts/add-item.ts'
import { ChangeQuantity, changeQuantity } from './application/carts/change-quantity.ts'
import { GetCart, getCart } from './application/carts/get-cart.ts'
import { OpenCart, openCart } from './application/carts/open-cart.ts'
import { RemoveItem, removeItem } from './application/carts/remove-item.ts'
import type { Catalogue } from './application/catalogue/catalogue.ts'
import type { CustomerDirectory } from './application/customers/customer-directory.ts'
import type { Customers } from './application/customers/customers.ts'
import { GetCustomer, getCustomer } from './application/customers/get-customer.ts'
import { RegisterCustomer, registerCustomer } from './application/customers/register-customer.ts'
import { SearchCustomers, searchCustomers } from './application/customers/search-customers.ts'
import { SuspendCustomer, suspendCustomer } from './application/customers/suspend-customer.ts'
import type { Fulfilment } from './application/fulfilment/fulfilment.ts'
import { orderFulfilment } from './application/fulfilment/order-fulfilment.ts'
import { EndReservation, endReservation } from './application/inventory/end-reservation.ts'
import type { Reservations, StockItems } from './application/inventory/inventory.ts'
import { ownWarehouse } from './application/inventory/own-warehouse.ts'
import { ReceiveStock, receiveStock } from './application/inventory/receive-stock.ts'
import { ReserveStock, reserveStock } from './application/inventory/reserve-stock.ts'
import { CancelOrder, cancelOrder } from './application/orders/cancel-order.ts'
import { CompleteOrder, completeOrder } from './application/orders/complete-order.ts'
import { GetOrder, getOrder } from './application/orders/get-order.ts'
import type { Orders } from './application/orders/orders.ts'
import type { PaymentMethods } from './application/orders/payment-method.ts'
import { PlaceOrder, placeOrder } from './application/orders/place-order.ts'
import { pipeline } from './application/pipeline.ts'
import { ShoppingCart } from './domain/carts/shopping-cart.ts'
import { fixedCatalogue } from './infrastructure/fixed-catalogue.ts'
import { openFlags } from './infrastructure/flags/flag-file.ts'
import { InMemoryExposures } from './infrastructure/flags/in-memory-exposures.ts'
import { customerMapper, orderMapper, reservationMapper, stockItemMapper } from './infrastructure/mappers.ts'
import { InMemoryCustomerDirectory } from './infrastructure/memory/in-memory-customer-directory.ts'
import { InMemoryCustomers } from './infrastructure/memory/in-memory-customers.ts'
import { inTransaction } from './infrastructure/memory/in-transaction.ts'
import { withPluginLines } from './infrastructure/plugins/plugin-messages.ts'
import { pluginPayments } from './infrastructure/plugins/plugin-payments.ts'
import { ShopPlugins } from './infrastructure/plugins/shop-plugins.ts'
import { cardPayments } from './infrastructure/providers/card-payments.ts'
import { mailNotifications } from './infrastructure/providers/mail-notifications.ts'
import { parcelShipping } from './infrastructure/providers/parcel-shipping.ts'
import { paymentsByMethod } from './infrastructure/providers/payments-by-method.ts'
import { ProviderLedger } from './infrastructure/providers/provider-ledger.ts'
import { customerStream, orderStream, recordEvents, stockStream } from './infrastructure/record-events.ts'
import { ServiceDesk } from './infrastructure/services/service-desk.ts'
import { customerDirectoryOn, customersOn } from './infrastructure/sqlite/customer-table.ts'
import { ordersOn } from './infrastructure/sqlite/order-table.ts'
import { createTables } from './infrastructure/sqlite/schema.ts'
import { reservationsOn, stockItemsOn } from './infrastructure/sqlite/stock-tables.ts'

export type StoreKind = 'memory' | 'sqlite'

export type ShopOptions = {
  readonly store: StoreKind
  /** Where the shop's file and the providers' file lie. */
  readonly directory: string
  readonly clock?: Clock
  readonly ids?: IdGenerator
  readonly logger?: Logger
  /** What is sold, and for how much; the demonstration's own list unless told. */
  readonly catalogue?: Catalogue
  /** The flag document to follow; the one that comes with the shop unless told. */
  readonly flagFile?: string
  /** Where plugins lie, each in a folder of its own; without it there are none, and orders are paid by card. */
  readonly pluginFolder?: string
  /** On which terms plugins run; the shop's own unless told. */
  readonly pluginPolicy?: PluginPolicy
  /** Where inventory and payments are found that run as processes of their own; in this process unless told. */
  readonly services?: ServiceRegistry
  /** Whether orders are fulfilled; true unless told. */
  readonly isFulfilling?: boolean
  /** How long a price list may take to answer; 10,000 unless told. */
  readonly catalogueTimeoutMs?: number
  /** After how long without a sign of life another process goes on with a saga. */
  readonly leaseMs?: number
  /** Lays something over the saga store; a place for faults that tests want. */
  readonly overSagas?: (sagas: SagaStore) => SagaStore
  /** Lays something over the transactions; a place for faults that tests want. */
  readonly overTransactions?: (storage: TransactionalStorage) => TransactionalStorage
  /** Lays something over where exposures go; a place for faults that tests want. */
  readonly overExposures?: (sink: ExposureSink) => ExposureSink
}

type Backend = {
  readonly unitOfWork: TransactionalStorage
  readonly events: EventStore
  readonly sagas: SagaStore
  readonly idempotency: IdempotencyStore
  readonly customers: Customers
  readonly directory: CustomerDirectory
  readonly orders: Orders
  readonly stock: StockItems
  readonly reservations: Reservations
  close(): Promise<void>
}

export type Shop = Awaited<ReturnType<typeof openShop>>

/** Puts the shop together; the only place that knows which technology it runs on. */
export async function openShop(options: ShopOptions) {
  const { clock = systemClock, ids = uuidv7, logger = silentLogger, catalogue = fixedCatalogue() } = options
  const backend =
    options.store === 'sqlite' ? await sqliteBackend(options, clock, ids) : memoryBackend(clock, ids)
  const sagas = options.overSagas?.(backend.sagas) ?? backend.sagas
  const ledger = await openBeside(
    [backend],
    () => new ProviderLedger(join(options.directory, 'providers.db'), clock),
  )
  const flags = await openBeside([ledger, backend], () =>
    openFlags({ file: options.flagFile, clock, logger }),
  )
  const plugins = await openBeside([flags, ledger, backend], () => openPlugins(options, clock, logger))
  const exposed = new InMemoryExposures()
  const exposures = new ExposureRecorder(flags.evaluator, {
    sink: options.overExposures?.(exposed) ?? exposed,
    attributes: ['tier'],
    clock,
    logger,
  })

  const fulfilment: Fulfilment = {
    async start(order, customer, context) {
      if (options.isFulfilling === false) return
      const { id, customerId, lines, total, shipping, payment } = order
      const input = {
        orderId: id,
        customerId,
        total: total.toJson(),
        lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
        address: customer.address.toJson(),
        shipping,
        payment,
      }
      const started = await orchestrator.start(definition, input, { id: sagaIdOf(id), context })
      if (started.isErr()) throw new FailureError(started.error)
    },
  }
  const ports = {
    ...backend,
    carts: new EventSourcedRepository(ShoppingCart, backend.events, { ids }),
    catalogue,
    fulfilment,
    paymentMethods: plugins ?? noMethods,
    flags: flags.evaluator,
    exposures,
    clock,
    ids,
  }
  const unitOfWork = options.overTransactions?.(backend.unitOfWork) ?? backend.unitOfWork
  const { idempotency } = backend
  const { catalogueTimeoutMs = 10_000 } = options
  const mediator = pipeline({ unitOfWork, idempotency, clock, logger, catalogueTimeoutMs })
    .handle(RegisterCustomer, registerCustomer(ports))
    .handle(SuspendCustomer, suspendCustomer(ports))
    .handle(GetCustomer, getCustomer(ports))
    .handle(SearchCustomers, searchCustomers(ports))
    .handle(OpenCart, openCart(ports))
    .handle(AddItem, addItem(ports))
    .handle(ChangeQuantity, changeQuantity(ports))
    .handle(RemoveItem, removeItem(ports))
    .handle(GetCart, getCart(ports))
    .handle(PlaceOrder, placeOrder(ports))
    .handle(CompleteOrder, completeOrder(ports))
    .handle(CancelOrder, cancelOrder(ports))
    .handle(GetOrder, getOrder(ports))
    .handle(ReceiveStock, receiveStock(ports))
    .handle(ReserveStock, reserveStock(ports))
    .handle(EndReservation, endReservation(ports))
    .build()

  const services = options.services && ServiceDesk.open(options.services, logger)
  const warehouse = ownWarehouse(mediator)
  const cards = cardPayments(ledger)
  const mail = mailNotifications(ledger)
  const definition = orderFulfilment({
    dispatcher: mediator,
    warehouse: services?.warehouse ?? warehouse,
    payments: paymentsByMethod(services?.payments ?? cards, pluginPayments(ledger, plugins)),
    shipping: parcelShipping(ledger),
    notifications: plugins === undefined ? mail : withPluginLines(mail, plugins),
    isDistributed: services !== undefined,
  })
  const orchestrator = new SagaOrchestrator({
    store: sagas,
    sagas: [definition],
    clock,
    ids,
    logger,
    ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
  })

  return {
    mediator,
    orchestrator,
    /** This process's own, whether or not its orders are fulfilled by it. */
    warehouse,
    /** This process's own, as above. */
    cards,
    ledger,
    flags,
    /** Undefined without a folder of plugins. */
    plugins,
    events: backend.events,
    stock: backend.stock,
    orders: backend.orders,
    customers: backend.customers,
    reservations: backend.reservations,
    sagaOf: (orderId: string) => orchestrator.handle(definition, sagaIdOf(orderId)),
    inspectSaga: (orderId: string) => orchestrator.inspect(sagaIdOf(orderId)),
    /** Who has seen which variant, after all that waits has got there. */
    async exposures(): Promise<readonly Exposure[]> {
      await exposures.flush()
      return exposed.all
    },
    async close(): Promise<void> {
      await orchestrator.close()
      await services?.close()
      await plugins?.close()
      await exposures.close()
      await flags.close()
      await backend.close()
      ledger.close()
    },
  }
}

const noMethods: PaymentMethods = { offers: () => false }

async function openPlugins(
  { pluginFolder: folder, pluginPolicy: policy, directory }: ShopOptions,
  clock: Clock,
  logger: Logger,
): Promise<ShopPlugins | undefined> {
  return folder === undefined ? undefined : ShopPlugins.open({ folder, directory, clock, logger, policy })
}

/** Opens one more part; those that are open already are closed when that fails. */
async function openBeside<Part>(
  openParts: readonly { close(): unknown }[],
  open: () => Part | Promise<Part>,
): Promise<Part> {
  try {
    return await open()
  } catch (error) {
    for (const part of openParts) await part.close()
    throw error
  }
}

function sagaIdOf(orderId: string): string {
  return `order-${orderId}`
}

async function sqliteBackend({ directory }: ShopOptions, clock: Clock, ids: IdGenerator): Promise<Backend> {
  const path = join(directory, 'shop.db')
  const storage = await SqliteStorage.open({ path, clock, ids })
  try {
    await createTables(storage, path)
    await forgetExpired(storage.idempotency, clock)
  } catch (error) {
    await storage.close()
    throw error
  }
  const unitOfWork = KyselyUnitOfWork.over<unknown, SqlitePorts>(storage, 'sqlite')
  const events = () => storage.events
  const common = { unitOfWork, clock }
  return {
    unitOfWork: storage,
    events: storage.events,
    sagas: storage.sagas,
    idempotency: storage.idempotency,
    customers: customersOn({ ...common, recordEvents: recordEvents(customerStream, events) }),
    directory: customerDirectoryOn(unitOfWork),
    orders: ordersOn({ ...common, recordEvents: recordEvents(orderStream, events) }),
    stock: stockItemsOn({ ...common, recordEvents: recordEvents(stockStream, events) }),
    reservations: reservationsOn(common),
    close: () => storage.close(),
  }
}

/** Answers to keys are kept for a day; those of earlier days go when a shop opens. */
async function forgetExpired(keys: IdempotencyStore, clock: Clock): Promise<void> {
  const options = { before: clock.now().getTime(), limit: 10_000 }
  for (let forgotten = options.limit; forgotten === options.limit; ) forgotten = await keys.prune(options)
}

function memoryBackend(clock: Clock, ids: IdGenerator): Backend {
  const storage = new InMemoryStorage({
    clock,
    ids,
    ports: () => {
      const events = () => storage.events
      return {
        customers: InMemoryCustomers.of({
          ...customerMapper,
          clock,
          recordEvents: recordEvents(customerStream, events),
        }),
        orders: new InMemoryRepository({
          ...orderMapper,
          clock,
          recordEvents: recordEvents(orderStream, events),
        }),
        stock: new InMemoryRepository({
          ...stockItemMapper,
          clock,
          recordEvents: recordEvents(stockStream, events),
        }),
        reservations: new InMemoryRepository({ ...reservationMapper, clock }),
      }
    },
  })
  return {
    unitOfWork: storage,
    events: storage.events,
    sagas: storage.sagas,
    idempotency: storage.idempotency,
    customers: inTransaction('customers', storage.port('customers')),
    directory: new InMemoryCustomerDirectory(storage.port('customers')),
    orders: inTransaction('orders', storage.port('orders')),
    stock: inTransaction('stock', storage.port('stock')),
    reservations: inTransaction('reservations', storage.port('reservations')),
    close: () => storage.close(),
  }
}
