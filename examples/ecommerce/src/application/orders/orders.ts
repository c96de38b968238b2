import type { Repository } from '@ashlar/domain'
import type { Order } from '../../domain/orders/order.ts'

/** Keeps orders. */
export type Orders = Pick<Repository<Order>, 'get' | 'add' | 'save'>
