import type { Act } from '../act.ts'
import { between } from '../seeded.ts'

const desk = { sku: 'DESK-003', quantity: 1 }
const maxOrders = 8

export const silverTier: Act = {
  title: 'From Basic to Silver',
  async play({ till, random, prop }, narrator) {
    const customerId = prop('customerId')
    const twoDesks = {
      customerId,
      cartId: await till.fillCart(customerId, { ...desk, quantity: 2 }),
      idempotencyKey: 'two-desks',
    }
    narrator.refusal(
      'two desks at once',
      await till.tryToPlace(twoDesks),
      'CreditLimitExceeded',
      'order less, or come back as a Silver customer',
    )

    let orders = 0
    for (; orders < maxOrders && (await till.customer(customerId)).tier === 'Basic'; orders++) {
      const mugs = { sku: 'MUG-014', quantity: between(random, 1, 5) }
      await till.outcome(await till.order(customerId, `desk-${orders + 1}`, desk, mugs))
    }
    const { tier, creditLimit, completedValue } = await till.customer(customerId)
    narrator.note(`${orders} orders later, worth ${completedValue.amount} GBP with the first one`)
    narrator.same('the customer is', tier, 'Silver')
    narrator.same('may owe us now, in GBP', creditLimit.amount, '5000.00')

    const accepted = await till.outcome(await till.place(twoDesks))
    narrator.same('the two desks, once more, are', accepted.status, 'completed')
  },
}
