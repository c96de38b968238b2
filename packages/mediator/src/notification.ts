import { Message } from './message.ts'

/**
 * News that something happened; any number of handlers hear it, and none of them answers.
 *
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { MediatorBuilder, Notification } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class OrderPlaced extends Notification {
 *   static readonly type = 'OrderPlaced'
 *   readonly type = 'OrderPlaced'
 *   readonly orderId: string
 *   constructor(data: { orderId: string }) {
 *     super()
 *     this.orderId = data.orderId
 *   }
 * }
 *
 * const mediator = new MediatorBuilder()
 *   .on(OrderPlaced, async ({ orderId }) => ok(console.log('mail about', orderId)))
 *   .on(OrderPlaced, async ({ orderId }) => ok(console.log('statistics of', orderId)))
 *   .build()
 * console.log((await mediator.publish(new OrderPlaced({ orderId: 'o-1' }), createContext())).isOk())
 * ```
 */
export abstract class Notification extends Message<'notification', void, never> {
  /** Always `'notification'`. */
  get kind(): 'notification' {
    return 'notification'
  }
}
