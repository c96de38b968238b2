import { match } from 'ts-pattern'
import { type Evidence, factOf } from '../evidence.ts'
import type { Invariant } from './invariant.ts'

export const stockInvariants: readonly Invariant[] = [
  {
    name: 'available + reserved + sold = received',
    of: 'products',
    check: (evidence) =>
      evidence.stock.map(({ sku, available, reserved }) => ({
        subject: sku,
        holds: available + reserved + soldOf(sku, evidence) === receivedOf(sku, evidence),
      })),
  },
  {
    name: 'no stock is below zero',
    of: 'products',
    check: ({ stock }) =>
      stock.map(({ sku, available, reserved }) => ({ subject: sku, holds: available >= 0 && reserved >= 0 })),
  },
  {
    name: 'what is held or sold is in an order',
    of: 'products',
    check: ({ stock, cases, ...evidence }) =>
      stock.map(({ sku, reserved }) => {
        const ordered = (wanted: 'held' | 'sold') =>
          cases
            .filter(({ reservation }) => reservation?.status === wanted)
            .flatMap(({ reservation }) => reservation?.lines ?? [])
            .reduce((sum, line) => (line.sku === sku ? sum + line.quantity : sum), 0)
        const sold = soldOf(sku, { stock, cases, ...evidence })
        return { subject: sku, holds: ordered('held') === reserved && ordered('sold') === sold }
      }),
  },
  {
    name: 'reservations ended as their orders did',
    of: 'orders',
    check: ({ cases }) =>
      cases.map(({ order, reservation }) => ({
        subject: order.id,
        holds: match(order.status)
          .with('completed', () => reservation?.status === 'sold')
          .with('cancelled', () => reservation === undefined || reservation.status === 'released')
          .with('placed', () => false)
          .exhaustive(),
      })),
  },
]

function receivedOf(sku: string, evidence: Evidence): number {
  return movedOf('StockReceived', sku, evidence)
}

function soldOf(sku: string, evidence: Evidence): number {
  return movedOf('StockSold', sku, evidence)
}

function movedOf(type: string, sku: string, { events }: Evidence): number {
  return events
    .filter((event) => event.type === type && factOf(event, 'sku') === sku)
    .reduce((sum, event) => sum + Number(factOf(event, 'quantity')), 0)
}
