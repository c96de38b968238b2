import type { CustomerId } from '../../../domain/customers/customer.ts'
import type { Act } from '../act.ts'
import type { Narrator } from '../narrator.ts'
import type { Item, Till } from '../till.ts'

const tea = { sku: 'TEA-001', quantity: 2 }

export const declinedCard: Act = {
  title: 'A declined card, and a parcel that nobody carries',
  async play({ till, shop, cast: { pauper, islander } }, narrator) {
    shop.ledger.arrange('payments', 'charge', 'decline')
    await expectNothingLeft(till, await till.register(pauper), tea, narrator)
    narrator.same('refunds, for nothing was charged', shop.ledger.effects('payments', 'refund').length, 0)

    shop.ledger.arrange('shipping', 'create', 'decline')
    await expectNothingLeft(till, await till.register(islander), tea, narrator)
    narrator.same('refunds, for the card was charged', shop.ledger.effects('payments', 'refund').length, 1)
  },
}

/** Orders what can't be fulfilled, and sees everything undone from right to left. */
async function expectNothingLeft(
  till: Till,
  customerId: CustomerId,
  item: Item,
  narrator: Narrator,
): Promise<void> {
  const before = await tracesOf(till, customerId, item)
  const orderId = await till.order(customerId, 'in-vain', item)
  const outcome = await till.outcome(orderId)
  narrator.same('the fulfilment is', outcome.status, 'compensated')
  if (outcome.status === 'compensated') narrator.note(`why: ${outcome.cause.failure.message}`)

  const log = await till.log(orderId)
  narrator.steps(log)
  const undone = log.filter(({ phase }) => phase === 'undo').map(({ step }) => step)
  narrator.same('undone, in this order', undone.join(' ← '), 'payment ← inventory ← order')
  narrator.same('stock and credit are as before', await tracesOf(till, customerId, item), before)
}

async function tracesOf(till: Till, customerId: CustomerId, { sku }: Item): Promise<string> {
  const [{ available, reserved }, { openValue }] = [await till.stock(sku), await till.customer(customerId)]
  return `${available} + ${reserved} held, ${openValue.amount} GBP open`
}
