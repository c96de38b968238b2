import { type AggregateMeta, Money } from '@ashlar/domain'
import { describe, expect, it } from 'vitest'
import type { CartId } from '../carts/shopping-cart.ts'
import type { CustomerId } from '../customers/customer.ts'
import { Order, type OrderId } from './order.ts'
import { allowedMoves, type OrderStatus, orderStatuses } from './order-status.ts'

const meta: AggregateMeta = { version: 2, createdAt: '2026-01-01T00:00:00.000Z', isDeleted: false }
const purchase = {
  id: 'order-1' as OrderId,
  customerId: 'ada' as CustomerId,
  cartId: 'cart-1' as CartId,
  lines: [{ sku: 'TEA', name: 'Tea', quantity: 2, unitPrice: '6.750' }],
  shipping: 'express' as const,
  payment: 'points',
  placedAt: '2026-01-01T00:00:00.000Z',
}
const total = Money.of('13.50', 'GBP')._unsafeUnwrap()

/** What asks for each move; nothing asks for the first status again. */
const moves: { readonly [To in OrderStatus]?: (order: Order) => ReturnType<Order['complete']> } = {
  completed: (order) => order.complete(),
  cancelled: (order) => order.cancel('changed my mind'),
}
const pairs = orderStatuses.flatMap((from) => orderStatuses.map((to) => [from, to] as const))

describe('Order', () => {
  it('is placed with all that was bought', () => {
    const order = Order.place({ ...purchase, total })

    expect(order.toState()).toEqual({ ...purchase, status: 'placed', total: total.toJson() })
    expect(order.domainEvents).toEqual([
      {
        type: 'OrderPlaced',
        data: {
          orderId: 'order-1',
          customerId: 'ada',
          cartId: 'cart-1',
          total: { currency: 'GBP', amount: '13.50' },
          shipping: 'express',
          payment: 'points',
          placedAt: '2026-01-01T00:00:00.000Z',
        },
      },
    ])
  })

  it('has a table of moves for each status, and every move leads to a status', () => {
    expect(Object.keys(allowedMoves).sort()).toEqual([...orderStatuses].sort())
    for (const to of Object.values(allowedMoves).flat()) expect(orderStatuses).toContain(to)
  })

  it.each(pairs.filter(([, to]) => moves[to] !== undefined))(
    'goes from %s to %s if the table says so',
    (from, to) => {
      const order = orderIn(from)

      const moved = moves[to]?.(order)

      expect(moved?.isOk()).toBe(allowedMoves[from].includes(to))
      expect(order.status).toBe(moved?.isOk() ? to : from)
      expect(order.domainEvents).toHaveLength(moved?.isOk() ? 1 : 0)
      if (moved?.isErr())
        expect(moved.error).toMatchObject({ type: 'OrderMoveRefused', orderId: 'order-1', from, to })
    },
  )

  it.each(orderStatuses)('never goes from %s back to where no method leads', (from) => {
    expect(allowedMoves[from].filter((to) => moves[to] === undefined)).toEqual([])
  })

  it('ends for good: from completed and cancelled there is no way on', () => {
    expect([allowedMoves.completed, allowedMoves.cancelled]).toEqual([[], []])
  })

  it('tells what has become of it, by the id that its state has', () => {
    const completed = orderIn('placed')
    const cancelled = orderIn('placed')

    completed.complete()._unsafeUnwrap()
    cancelled.cancel('too late')._unsafeUnwrap()

    const { id: orderId } = completed.toState()
    expect(completed.domainEvents).toEqual([{ type: 'OrderCompleted', data: { orderId } }])
    expect(cancelled.domainEvents).toEqual([
      { type: 'OrderCancelled', data: { orderId, reason: 'too late' } },
    ])
  })

  it('comes back from a store as it went, without an event', () => {
    const order = orderIn('completed')

    const restored = Order.restore(JSON.parse(JSON.stringify(order.toState())), meta)

    expect(restored.toState()).toEqual(order.toState())
    expect(restored).toMatchObject({ version: 2, domainEvents: [] })
  })

  it('was paid by card when it is from before there was a choice', () => {
    const { payment: _, ...older } = orderIn('completed').toState()

    const restored = Order.restore(older, meta)

    expect(restored.payment).toBe('card')
  })
})

function orderIn(status: OrderStatus): Order {
  return Order.restore({ ...purchase, status, total: total.toJson() }, meta)
}
