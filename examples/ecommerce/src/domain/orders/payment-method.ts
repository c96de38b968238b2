/** How an order is paid: `card`, or what somebody else offers, such as `points`. */
export type PaymentMethod = string

/** What the shop can charge by itself; how all orders were paid before there was a choice. */
export const card: PaymentMethod = 'card'
