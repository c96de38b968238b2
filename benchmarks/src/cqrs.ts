import { createContext } from '@ashlar/kernel'
import { type Behaviour, Command, type Handler, MediatorBuilder } from '@ashlar/mediator'
import { ok } from '@ashlar/result'
import { type Contender, compare } from './harness.ts'
import { nestCommandBus } from './nest-command-bus.ts'

type AddItemData = { readonly cartId: string; readonly quantity: number }

class AddItem extends Command<number> {
  static readonly type = 'AddItem'
  static readonly schema = {
    '~standard': { version: 1, vendor: 'benchmarks', validate: checkAddItem },
  } as const
  readonly type = 'AddItem'
  readonly cartId: string
  readonly quantity: number
  constructor(data: AddItemData) {
    super()
    this.cartId = data.cartId
    this.quantity = data.quantity
  }
}

const addItem: Handler<AddItem> = async (command) => ok(command.quantity)
const context = createContext()

// Each contender has a loop of its own: a loop that all share would be compiled for all of them, and for none.
const direct: Contender = (operations) => async () => {
  for (let quantity = 0; quantity < operations; quantity++)
    await addItem(new AddItem({ cartId: 'c-1', quantity }), context)
}

const unadorned = new MediatorBuilder().handle(AddItem, addItem).build()
const send: Contender = (operations) => async () => {
  for (let quantity = 0; quantity < operations; quantity++)
    await unadorned.send(new AddItem({ cartId: 'c-1', quantity }), context)
}
await compare({
  bench: 'cqrs/dispatch-0',
  baseline: 'direct async call',
  goal: 0.9,
  ours: send,
  theirs: direct,
})

const nest = await nestCommandBus(AddItem, (command) => addItem(command, context))
await compare({
  bench: 'cqrs/dispatch-0',
  baseline: '@nestjs/cqrs CommandBus',
  goal: 3,
  ours: send,
  theirs: (operations) => async () => {
    for (let quantity = 0; quantity < operations; quantity++)
      await nest.execute(new AddItem({ cartId: 'c-1', quantity }))
  },
})
await nest.close()

const once = new MediatorBuilder().use(awaiting('a')).handle(AddItem, addItem).build()
await compare({
  bench: 'cqrs/dispatch-1',
  baseline: 'direct async call',
  ours: (operations) => async () => {
    for (let quantity = 0; quantity < operations; quantity++)
      await once.send(new AddItem({ cartId: 'c-1', quantity }), context)
  },
  theirs: direct,
})

const thrice = new MediatorBuilder()
  .use(awaiting('a'))
  .use(awaiting('b'))
  .use(awaiting('c'))
  .handle(AddItem, addItem)
  .build()
await compare({
  bench: 'cqrs/dispatch-3',
  baseline: 'direct async call',
  ours: (operations) => async () => {
    for (let quantity = 0; quantity < operations; quantity++)
      await thrice.send(new AddItem({ cartId: 'c-1', quantity }), context)
  },
  theirs: direct,
})

await compare({
  bench: 'cqrs/send-input',
  baseline: 'direct check and async call',
  ours: (operations) => async () => {
    for (let quantity = 0; quantity < operations; quantity++)
      await unadorned.sendInput(AddItem, { cartId: 'c-1', quantity }, context)
  },
  theirs: (operations) => async () => {
    for (let quantity = 0; quantity < operations; quantity++) {
      const checked = checkAddItem({ cartId: 'c-1', quantity })
      if (checked.issues !== undefined) throw new Error('the input is valid')
      await addItem(new AddItem(checked.value), context)
    }
  },
})

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

/** Written by hand, so that the mediator is measured and not a library of schemas. */
function checkAddItem(
  input: unknown,
): { readonly value: AddItemData; readonly issues?: undefined } | { readonly issues: [{ message: string }] } {
  if (typeof input !== 'object' || input === null) return { issues: [{ message: 'must be an object' }] }
  const { cartId, quantity } = input as Record<string, unknown>
  if (typeof cartId !== 'string' || typeof quantity !== 'number')
    return { issues: [{ message: 'must have a cart and a quantity' }] }
  return { value: { cartId, quantity } }
}
