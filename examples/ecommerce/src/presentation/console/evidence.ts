import { Money } from '@ashlar/domain'
import type { RecordedEvent } from '@ashlar/event-store'
import type { Exposure } from '@ashlar/feature-flags'
import { createContext } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import type { SagaLogEntry, SagaStatus } from '@ashlar/saga'
import type { PagedResult } from '@ashlar/specification'
import type { CustomerListItem } from '../../application/customers/customer-directory.ts'
import { SearchCustomers } from '../../application/customers/search-customers.ts'
import type { Shop } from '../../composition.ts'
import type { Customer, CustomerId } from '../../domain/customers/customer.ts'
import type { Reservation, ReservationId } from '../../domain/inventory/reservation.ts'
import { StockItem } from '../../domain/inventory/stock-item.ts'
import type { Order, OrderId } from '../../domain/orders/order.ts'
import type { Purse } from '../../infrastructure/plugins/points-ledger.ts'
import { chargesOf } from '../../infrastructure/providers/card-payments.ts'

/** Money that went to or fro for an order. */
export type Payment = { readonly orderId: string; readonly pence: bigint }

/** What a carrier took, and how it was to travel. */
type Parcel = { readonly orderId: string; readonly service: string }

/** An order, and what else is kept about it. */
export type Case = {
  readonly order: Order
  readonly reservation: Reservation | undefined
  readonly saga: { readonly status: SagaStatus; readonly log: readonly SagaLogEntry[] } | undefined
}

/** Everything that a shop and its providers have kept, read back from where it lies. */
export type Evidence = {
  readonly events: readonly RecordedEvent[]
  readonly customers: readonly Customer[]
  /** All pages of a search for everybody. */
  readonly pages: readonly PagedResult<CustomerListItem>[]
  readonly cases: readonly Case[]
  readonly stock: readonly StockItem[]
  readonly charges: readonly Payment[]
  readonly refunds: readonly Payment[]
  /** Points that were spent, and those that came back; a point is a penny. */
  readonly spendings: readonly Payment[]
  readonly givenBack: readonly Payment[]
  /** Of all who were ever given points. */
  readonly purses: readonly Purse[]
  readonly parcels: readonly Parcel[]
  /** The orders that messages were about. */
  readonly messages: readonly string[]
  /** Who has seen which variant of an experiment. */
  readonly exposures: readonly Exposure[]
}

/** Finds everything by the events, and asks the stores for each of it. */
export async function gatherEvidence(shop: Shop): Promise<Evidence> {
  const { ledger } = shop
  const points = shop.plugins?.points
  const context = createContext()
  const events = await Array.fromAsync(shop.events.query('all'))
  const named = (type: string, fact: string): readonly string[] => [
    ...new Set(events.filter((event) => event.type === type).map((event) => factOf(event, fact))),
  ]
  const orderIds = named('OrderPlaced', 'orderId') as readonly OrderId[]
  const customers = named('CustomerRegistered', 'customerId') as readonly CustomerId[]
  const skus = named('StockReceived', 'sku')
  return {
    events,
    customers: await each(customers, async (id) => found(await shop.customers.get(id, context))),
    pages: await Array.fromAsync(pagesOf(shop)),
    cases: await each(orderIds, async (id) => ({
      order: found(await shop.orders.get(id, context)),
      reservation: (await shop.reservations.get(reservationOf(id), context)).unwrapOr(undefined),
      saga: await sagaOf(shop, id),
    })),
    stock: await each(skus, async (sku) => found(await shop.stock.get(StockItem.idOf(sku), context))),
    charges: chargesOf(ledger).map(({ payload }) => paymentOf(payload)),
    refunds: ledger.effects('payments', 'refund').map(({ payload }) => paymentOf(payload)),
    spendings: points?.forOrders('spent').map(pointsOf) ?? [],
    givenBack: points?.forOrders('given-back').map(pointsOf) ?? [],
    purses: points?.purses() ?? [],
    parcels: ledger.effects('shipping', 'create').map(({ payload }) => parcelOf(payload)),
    messages: ledger.effects('notifications', 'send').map(({ payload }) => JSON.parse(payload).orderId),
    exposures: await shop.exposures(),
  }
}

/** A fact of an event, as text; events are told apart by their types before. */
export function factOf({ data }: RecordedEvent, fact: string): string {
  return String((data as { readonly [name: string]: unknown })[fact])
}

async function* pagesOf({ mediator }: Shop): AsyncGenerator<PagedResult<CustomerListItem>> {
  for (let pageNumber = 1, totalPages = 1; pageNumber <= totalPages; pageNumber++) {
    const wanted = { sortBy: 'email', pageSize: 2, pageNumber }
    const page = (await orThrow(mediator.sendInput(SearchCustomers, wanted, createContext()))).value
    totalPages = page.totalPages
    yield page
  }
}

async function sagaOf(shop: Shop, orderId: OrderId): Promise<Case['saga']> {
  const inspected = await shop.inspectSaga(orderId)
  return inspected && { status: inspected.saga.status, log: inspected.log }
}

/** The key under which the fulfilment of an order asks for stock. */
function reservationOf(orderId: OrderId): ReservationId {
  return `order-${orderId}/inventory/run` as ReservationId
}

function paymentOf(payload: string): Payment {
  const { orderId, amount } = JSON.parse(payload)
  return { orderId, pence: Money.fromJson(amount)._unsafeUnwrap().minorUnits }
}

function pointsOf({ orderId, points }: { readonly orderId: string; readonly points: number }): Payment {
  return { orderId, pence: BigInt(points) }
}

function parcelOf(payload: string): Parcel {
  const { orderId, service } = JSON.parse(payload)
  return { orderId, service }
}

/** What events tell of must be there. */
function found<Value>(result: { _unsafeUnwrap(): Value }): Value {
  return result._unsafeUnwrap()
}

async function each<Id, Value>(
  ids: readonly Id[],
  read: (id: Id) => Promise<Value>,
): Promise<readonly Value[]> {
  const values: Value[] = []
  for (const id of ids) values.push(await read(id))
  return values
}
