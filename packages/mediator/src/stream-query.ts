import type { AnyFailure } from '@ashlar/result'
import { Message } from './message.ts'

/**
 * A question that is answered item by item, so that nobody has to hold all of them; exactly one handler answers it.
 *
 * What may be expected to fail is known before the first item; what goes wrong later is thrown by the iteration.
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { MediatorBuilder, StreamQuery } from '@ashlar/mediator'
 * import { ok, orThrow } from '@ashlar/result'
 *
 * class ListOrders extends StreamQuery<{ orderId: string }> {
 *   static readonly type = 'ListOrders'
 *   readonly type = 'ListOrders'
 * }
 *
 * async function* allOrders() {
 *   for (let n = 1; n <= 1_000_000; n++) yield { orderId: `o-${n}` }
 * }
 *
 * const mediator = new MediatorBuilder().handle(ListOrders, async () => ok(allOrders())).build()
 * const { value: orders } = await orThrow(mediator.stream(new ListOrders(), createContext()))
 * for await (const { orderId } of orders) {
 *   console.log(orderId)
 *   if (orderId === 'o-3') break
 * }
 * ```
 */
export abstract class StreamQuery<in out Item, in out Fails extends AnyFailure = never> extends Message<
  'stream',
  AsyncIterable<Item>,
  Fails
> {
  /** Keeps out a class of the same name and data that promises other items; absent at run time. */
  declare readonly '~answer': (answer: readonly [Item, Fails]) => void

  /** Always `'stream'`. */
  get kind(): 'stream' {
    return 'stream'
  }
}
