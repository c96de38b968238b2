import type { AnyFailure } from '@ashlar/result'
import { Message } from './message.ts'

/**
 * An order to change something; exactly one handler carries it out.
 *
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { Command, type Handler, MediatorBuilder } from '@ashlar/mediator'
 * import { err, type Failure, failure, ok } from '@ashlar/result'
 *
 * type CartNotOpen = Failure<'CartNotOpen', { cartId: string }>
 *
 * class AddItem extends Command<{ items: number }, CartNotOpen> {
 *   static readonly type = 'AddItem'
 *   readonly type = 'AddItem'
 *   readonly cartId: string
 *   constructor(data: { cartId: string }) {
 *     super()
 *     this.cartId = data.cartId
 *   }
 * }
 *
 * const addItem: Handler<AddItem> = async ({ cartId }) =>
 *   cartId === 'c-1' ? ok({ items: 1 }) : err(failure('CartNotOpen', `cart "${cartId}" is not open`, { cartId }))
 *
 * const mediator = new MediatorBuilder().handle(AddItem, addItem).build()
 * const result = await mediator.send(new AddItem({ cartId: 'c-2' }), createContext())
 * console.log(result.isErr() && result.error.cartId)
 * ```
 */
export abstract class Command<in out Value, in out Fails extends AnyFailure = never> extends Message<
  'command',
  Value,
  Fails
> {
  /** Keeps out a class of the same name and data that promises another answer; absent at run time. */
  declare readonly '~answer': (answer: readonly [Value, Fails]) => void

  /** Always `'command'`. */
  get kind(): 'command' {
    return 'command'
  }
}
