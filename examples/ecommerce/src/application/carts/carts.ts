import type { EventSourcedRepository } from '@ashlar/event-sourcing'
import type { ShoppingCart } from '../../domain/carts/shopping-cart.ts'

/** Keeps carts as what has happened to them. */
export type Carts = Pick<EventSourcedRepository<ShoppingCart>, 'get' | 'save' | 'update'>
