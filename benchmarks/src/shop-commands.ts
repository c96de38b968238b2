import { Command, type MessageClass } from '@ashlar/mediator'
import { ok, type Result } from '@ashlar/result'

/** A command of the shop; all have the same shape, and yet each has a class of its own. */
export interface ShopCommand extends Command<number> {
  readonly cartId: string
  readonly quantity: number
}

/** A command with its handlers: ours is a function, Nest's a class, both do the same. */
export interface ShopOrder {
  readonly command: MessageClass<ShopCommand> & (new (data: ShopCommandData) => ShopCommand)
  readonly handle: (command: ShopCommand) => Promise<Result<number, never>>
  readonly NestHandler: new () => object
}

type ShopCommandData = { readonly cartId: string; readonly quantity: number }

/**
 * Makes commands and handlers as an application has them: each in source text of its own.
 *
 * Classes that one function makes again and again would share what the engine learns of them, which those of an
 * application don't.
 */
export function shopOrders(count: number): readonly ShopOrder[] {
  return Array.from({ length: count }, (_, index) =>
    new Function('Command', 'ok', source(index))(Command, ok),
  )
}

function source(index: number): string {
  return `
    class Command${index} extends Command {
      static type = 'Command${index}'
      type = 'Command${index}'
      cartId
      quantity
      constructor(data) {
        super()
        this.cartId = data.cartId
        this.quantity = data.quantity
      }
    }
    return {
      command: Command${index},
      handle: async (command) => ok(command.quantity + ${index}),
      NestHandler: class NestHandler${index} {
        async execute(command) {
          return ok(command.quantity + ${index})
        }
      },
    }`
}
