import { createContext, silentLogger } from '@ashlar/kernel'
import {
  authorisation,
  Command,
  type Handler,
  InMemoryIdempotencyStore,
  idempotency,
  idempotent,
  logging,
  MediatorBuilder,
  policy,
  timeout,
} from '@ashlar/mediator'
import { type AnyFailure, ok, type Result } from '@ashlar/result'
import { type Contender, compare } from './harness.ts'
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

const context = createContext({ userId: 'ada' })
const limitMs = 30_000

/**
 * Compares `sendInput` through four behaviours with a check, a constructor and a handler alone, and with the same four
 * things done by hand around them.
 *
 * Each message has an idempotency key of its own, as messages have that are not sent twice.
 */
export async function comparePipeline(): Promise<void> {
  let sent = 0
  const sending =
    (open: () => (input: AddItemData) => Promise<Result<number, AnyFailure>>): Contender =>
    (operations) => {
      const send = open()
      return async () => {
        for (let quantity = 0; quantity < operations; quantity++)
          mustBeOk(await send({ cartId: `c-${++sent}`, quantity }))
      }
    }
  const bench = 'cqrs/send-input-4'
  const ours = sending(throughPipeline)
  await compare({
    bench,
    baseline: 'direct check and async call',
    goal: 0.33,
    ours,
    theirs: sending(() => callDirectly),
  })
  await compare({ bench, baseline: 'all four by hand', ours, theirs: sending(byHand) })
}

function throughPipeline(): (input: AddItemData) => Promise<Result<number, AnyFailure>> {
  const mediator = new MediatorBuilder()
    .use(logging(silentLogger))
    .use(authorisation([policy(AddItem, (_, { userId }) => userId === 'ada')]))
    .use(timeout({ ms: limitMs }))
    .use(idempotency(new InMemoryIdempotencyStore(), [idempotent(AddItem, ({ cartId }) => cartId)]))
    .handle(AddItem, addItem)
    .build()
  return (input) => mediator.sendInput(AddItem, input, context)
}

async function callDirectly(input: AddItemData): Promise<Result<number, AnyFailure>> {
  const checked = validate(input)
  if (checked.issues !== undefined) throw new Error('the input is valid')
  return addItem(new AddItem(checked.value), context)
}

/** What one would write for a single command: no leases, no expiry, no reasons. */
function byHand(): (input: AddItemData) => Promise<Result<number, AnyFailure>> {
  const answers = new Map<string, { readonly input: string; readonly answer: string }>()
  return async (input) => {
    const startedAt = Date.now()
    const checked = validate(input)
    if (checked.issues !== undefined) throw new Error('the input is valid')
    const command = new AddItem(checked.value)
    if (context.userId !== 'ada') throw new Error('ada is signed in')
    const key = `${context.userId}/${command.cartId}`
    const known = answers.get(key)
    const text = JSON.stringify(command)
    if (known !== undefined) return known.input === text ? ok(JSON.parse(known.answer)) : ok(0)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('too late')), limitMs)
    })
    const result = await Promise.race([addItem(command, context), late])
    clearTimeout(timer)
    if (result.isOk()) answers.set(key, { input: text, answer: JSON.stringify(result.value) })
    silentLogger.info({ type: command.type, durationMs: Date.now() - startedAt, outcome: 'ok' }, 'AddItem ok')
    return result
  }
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
