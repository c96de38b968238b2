import { match } from 'ts-pattern'
import type { ShippingService } from '../../../domain/orders/shipping-service.ts'
import { factOf } from '../evidence.ts'
import type { Invariant } from './invariant.ts'

export const flagInvariants: readonly Invariant[] = [
  {
    name: 'a parcel travels as was promised with the order',
    of: 'parcels',
    check: ({ cases, events, parcels }) =>
      parcels.map(({ orderId, service }) => {
        const promised = cases.find(({ order }) => order.id === orderId)?.order.shipping
        const placing = events.filter((event) => event.type === 'OrderPlaced')
        const told = placing.find((event) => factOf(event, 'orderId') === orderId)
        return {
          subject: orderId,
          holds: service === promised && told !== undefined && service === factOf(told, 'shipping'),
        }
      }),
  },
  {
    name: 'who counts for an arm of the test has an order of it',
    of: 'exposures',
    check: ({ cases, exposures }) =>
      exposures.map(({ unit, variant }) => ({
        subject: unit,
        holds: cases.some(({ order }) => order.customerId === unit && armOf(order.shipping) === variant),
      })),
  },
  {
    name: 'the test learns of nobody more than the tier',
    of: 'exposures',
    check: ({ exposures }) =>
      exposures.map(({ unit, attributes }) => ({
        subject: unit,
        holds: Object.keys(attributes).join() === 'tier',
      })),
  },
]

function armOf(service: ShippingService): string {
  return match(service)
    .with('standard', () => 'control')
    .with('express', () => 'treatment')
    .exhaustive()
}
