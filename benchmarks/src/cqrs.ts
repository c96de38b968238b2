import { createContext } from '@ashlar/kernel'
import { type Behaviour, type Mediator, MediatorBuilder } from '@ashlar/mediator'
import { type Contender, compare } from './harness.ts'
import { mustBeOk } from './must-be-ok.ts'
import { nestCommandBus } from './nest-command-bus.ts'
import { comparePipeline, compareSendInput } from './send-input.ts'
import { type ShopCommand, type ShopOrder, shopOrders } from './shop-commands.ts'

const context = createContext()

// One command alone comes first, as long as the engine has seen no other: it then compiles all into one.
await compareDispatch('cqrs/dispatch-0-alone', shopOrders(1), {})
const orders = shopOrders(20)
await compareDispatch('cqrs/dispatch-0', orders, { besideNest: 3 })
for (const behaviours of [1, 3])
  await compare({
    bench: `cqrs/dispatch-${behaviours}`,
    baseline: 'direct async call',
    ours: sending(orders, behaviours),
    theirs: calling(orders),
  })
await compareSendInput()
await comparePipeline()

async function compareDispatch(
  bench: string,
  sent: readonly ShopOrder[],
  goals: { readonly besideNest?: number },
): Promise<void> {
  const ours = sending(sent, 0)
  await compare({ bench, baseline: 'direct async call', goal: 0.9, ours, theirs: calling(sent) })
  const nest = await nestCommandBus(sent)
  await compare({
    bench,
    baseline: '@nestjs/cqrs CommandBus',
    ...(goals.besideNest !== undefined && { goal: goals.besideNest }),
    ours,
    theirs: (operations) => async () => {
      for (let quantity = 0; quantity < operations; quantity++) {
        const { command } = sent[quantity % sent.length] as ShopOrder
        mustBeOk(await nest.execute(new command({ cartId: 'c-1', quantity })))
      }
    },
  })
  await nest.close()
}

function sending(orders: readonly ShopOrder[], behaviours: number): Contender {
  const mediator = mediatorOf(orders, behaviours)
  return (operations) => async () => {
    for (let quantity = 0; quantity < operations; quantity++) {
      const { command } = orders[quantity % orders.length] as ShopOrder
      mustBeOk(await mediator.send(new command({ cartId: 'c-1', quantity }), context))
    }
  }
}

function calling(orders: readonly ShopOrder[]): Contender {
  return (operations) => async () => {
    for (let quantity = 0; quantity < operations; quantity++) {
      const { command, handle } = orders[quantity % orders.length] as ShopOrder
      mustBeOk(await handle(new command({ cartId: 'c-1', quantity })))
    }
  }
}

function mediatorOf(handled: readonly ShopOrder[], behaviours: number): Mediator<ShopCommand> {
  const builder = new MediatorBuilder()
  for (let count = 0; count < behaviours; count++) builder.use(awaiting(`behaviour ${count}`))
  for (const { command, handle } of handled) builder.handle(command, handle)
  return builder.build() as unknown as Mediator<ShopCommand>
}

/** What most behaviours do: something before, something after. */
function awaiting(name: string): Behaviour<'command'> {
  return {
    name,
    kinds: ['command'],
    async handle(message, passed, next) {
      const result = await next(message, passed)
      return result
    },
  }
}
