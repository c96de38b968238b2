import type { AggregateMapper } from '@ashlar/domain'
import { Customer, type CustomerState } from '../domain/customers/customer.ts'
import { Reservation, type ReservationState } from '../domain/inventory/reservation.ts'
import { StockItem, type StockState } from '../domain/inventory/stock-item.ts'
import { Order, type OrderState } from '../domain/orders/order.ts'

export const customerMapper: AggregateMapper<Customer, CustomerState> = {
  name: 'Customer',
  toState: (customer) => customer.toState(),
  restore: Customer.restore,
}

export const orderMapper: AggregateMapper<Order, OrderState> = {
  name: 'Order',
  toState: (order) => order.toState(),
  restore: Order.restore,
}

export const stockItemMapper: AggregateMapper<StockItem, StockState> = {
  name: 'StockItem',
  toState: (item) => item.toState(),
  restore: StockItem.restore,
}

export const reservationMapper: AggregateMapper<Reservation, ReservationState> = {
  name: 'Reservation',
  toState: (reservation) => reservation.toState(),
  restore: Reservation.restore,
}
