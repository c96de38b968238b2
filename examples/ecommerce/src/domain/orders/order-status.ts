export type OrderStatus = 'placed' | 'completed' | 'cancelled'

/** From each status, those that an order may move to. */
export const allowedMoves: { readonly [From in OrderStatus]: readonly OrderStatus[] } = {
  placed: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
}

export const orderStatuses: readonly OrderStatus[] = ['placed', 'completed', 'cancelled']
