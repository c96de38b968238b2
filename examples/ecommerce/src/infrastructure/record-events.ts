import type { DomainEvent, RecordEvents } from '@ashlar/domain'
import { type EventStore, type StreamId, streamId } from '@ashlar/event-store'
import { metadataOf, portOf } from '@ashlar/kernel'
import { FailureError } from '@ashlar/result'
import type { CustomerEvent } from '../domain/customers/customer.ts'
import type { StockEvent } from '../domain/inventory/stock-item.ts'
import type { OrderEvent } from '../domain/orders/order.ts'

/** Keeps the events of state-stored aggregates beside those of carts, in the transaction of the change. */
export function recordEvents<Event extends DomainEvent>(
  streamOf: (event: Event) => StreamId,
  outer: () => EventStore,
): RecordEvents<Event> {
  return async (events, context) => {
    const [first] = events
    if (first === undefined) return
    const metadata = metadataOf(context)
    const appended = await portOf(context, 'events', outer()).append(
      {
        stream: streamOf(first),
        expected: 'any',
        events: events.map(({ type, data }) => ({ type, data, metadata })),
      },
      context,
    )
    if (appended.isErr()) throw new FailureError(appended.error)
  }
}

export const customerStream = ({ data }: CustomerEvent): StreamId => streamId('customer', data.customerId)
export const orderStream = ({ data }: OrderEvent): StreamId => streamId('order', data.orderId)
export const stockStream = ({ data }: StockEvent): StreamId => streamId('stock', data.sku)
