import { createContext } from '@ashlar/kernel'
import { Command, type Handler, MediatorBuilder } from '@ashlar/mediator'
import { ok } from '@ashlar/result'
import { compare } from './harness.ts'
import { mustBeOk } from './must-be-ok.ts'

type AddItemData = { readonly cartId: string; readonly quantity: number }

class AddItem extends Command<number> {
  static readonly type = 'AddItem'
  static readonly schema = { '~standard': { version: 1, vendor: 'benchmarks', validate } } as const
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

/** Compares `sendInput` with a check, a constructor and a handler that are called one after the other. */
export async function compareSendInput(): Promise<void> {
  const context = createContext()
  const mediator = new MediatorBuilder().handle(AddItem, addItem).build()
  await compare({
    bench: 'cqrs/send-input',
    baseline: 'direct check and async call',
    ours: (operations) => async () => {
      for (let quantity = 0; quantity < operations; quantity++)
        mustBeOk(await mediator.sendInput(AddItem, { cartId: 'c-1', quantity }, context))
    },
    theirs: (operations) => async () => {
      for (let quantity = 0; quantity < operations; quantity++) {
        const checked = validate({ cartId: 'c-1', quantity })
        if (checked.issues !== undefined) throw new Error('the input is valid')
        mustBeOk(await addItem(new AddItem(checked.value), context))
      }
    },
  })
}

/** Written by hand, so that the mediator is measured and not a library of schemas. */
function validate(
  input: unknown,
): { readonly value: AddItemData; readonly issues?: undefined } | { readonly issues: [{ message: string }] } {
  if (typeof input !== 'object' || input === null) return { issues: [{ message: 'must be an object' }] }
  const { cartId, quantity } = input as Record<string, unknown>
  if (typeof cartId !== 'string' || typeof quantity !== 'number')
    return { issues: [{ message: 'must have a cart and a quantity' }] }
  return { value: { cartId, quantity } }
}
