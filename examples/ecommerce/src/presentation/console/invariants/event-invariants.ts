import { categoryOf, type RecordedEvent } from '@ashlar/event-store'
import { type Evidence, factOf } from '../evidence.ts'
import type { Invariant } from './invariant.ts'

export const eventInvariants: readonly Invariant[] = [
  {
    name: 'versions of each stream run 1, 2, 3 …',
    of: 'streams',
    check: ({ events }) =>
      [...Map.groupBy(events, ({ stream }) => stream)].map(([stream, own]) => ({
        subject: stream,
        holds: own.every(({ version }, index) => version === index + 1),
      })),
  },
  {
    name: 'positions only rise, and no event id comes twice',
    of: 'events',
    check: ({ events }) => {
      const ids = Map.groupBy(events, ({ id }) => id)
      return events.map(({ id, position }, index) => ({
        subject: id,
        holds: ids.get(id)?.length === 1 && position > (events[index - 1]?.position ?? 0),
      }))
    },
  },
  {
    name: 'every order comes of one cart, at its total',
    of: 'orders',
    check: (evidence) =>
      evidence.cases.map(({ order }) => {
        const [checkout, ...more] = checkoutsOf(order.cartId, evidence)
        const total = (checkout?.data as { total?: { amount: string } } | undefined)?.total?.amount
        const isOurs = checkout !== undefined && factOf(checkout, 'orderId') === order.id
        return {
          subject: order.id,
          holds: isOurs && more.length === 0 && total === order.total.toJson().amount,
        }
      }),
  },
  {
    name: 'every cart that was checked out became an order',
    of: 'carts',
    check: ({ events, cases }) =>
      events
        .filter(({ type, stream }) => type === 'CartCheckedOut' && categoryOf(stream) === 'cart')
        .map((event) => ({
          subject: event.stream,
          holds: cases.some(({ order }) => order.id === factOf(event, 'orderId')),
        })),
  },
]

function checkoutsOf(cartId: string, { events }: Evidence): readonly RecordedEvent[] {
  return events.filter(({ type, stream }) => type === 'CartCheckedOut' && stream === `cart-${cartId}`)
}
