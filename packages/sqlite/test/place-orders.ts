/**
 * Places orders by idempotent commands from several callers at once, and tells what it was answered; kills itself at a
 * point of the one order that is told.
 */
import { createContext, portOf } from '@ashlar/kernel'
import {
  type Behaviour,
  Command,
  type Handler,
  idempotency,
  idempotent,
  MediatorBuilder,
  transaction,
} from '@ashlar/mediator'
import { ok, orThrow } from '@ashlar/result'
import { SqliteStorage } from '@ashlar/sqlite'

class PlaceOrder extends Command<{ orderId: string }> {
  static readonly type = 'PlaceOrder'
  readonly type = 'PlaceOrder'
  readonly requestId: string
  constructor(requestId: string) {
    super()
    this.requestId = requestId
  }
}

const [path = '', count = '1', deadly = '', point = ''] = process.argv.slice(2)
const storage = await SqliteStorage.open({ path, synchronous: 'normal' })

const placeOrder: Handler<PlaceOrder> = async ({ requestId }, context) => {
  dieAt('claimed', requestId)
  const orderId = `${requestId} by ${process.pid}`
  const placed = { type: 'OrderPlaced', data: { requestId, orderId } }
  const events = portOf(context, 'events', storage.events)
  await orThrow(events.append({ stream: 'orders-1', expected: 'any', events: [placed] }, context))
  dieAt('appended', requestId)
  return ok({ orderId })
}

const mediator = new MediatorBuilder()
  .use(dyingAfter('committed'))
  .use(transaction(storage))
  .use(dyingAfter('completed'))
  .use(idempotency(storage.idempotency, [idempotent(PlaceOrder, ({ requestId }) => requestId)]))
  .handle(PlaceOrder, placeOrder)
  .build()

let placed = 0
await Promise.all(Array.from({ length: 4 }, placeInTurn))
await storage.close()

async function placeInTurn(): Promise<void> {
  while (placed < Number(count)) {
    const requestId = `request-${placed++}`
    const { value } = await orThrow(mediator.send(new PlaceOrder(requestId), createContext()))
    process.stdout.write(`${JSON.stringify({ requestId, ...value })}\n`)
  }
}

function dyingAfter(name: string): Behaviour<'command'> {
  return {
    name,
    kinds: ['command'],
    async handle(message, context, next) {
      const result = await next(message, context)
      dieAt(name, (message as PlaceOrder).requestId)
      return result
    },
  }
}

function dieAt(name: string, requestId: string): void {
  if (name === point && requestId === deadly) process.kill(process.pid, 'SIGKILL')
}
