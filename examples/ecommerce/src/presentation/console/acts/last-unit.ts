import type { Act } from '../act.ts'

export const lastUnit: Act = {
  title: 'Two buyers, one lamp',
  async play({ till, cast: { rivals } }, narrator) {
    const lamp = { sku: 'LAMP-007', quantity: 1 }
    const [one, other] = [await till.register(rivals[0]), await till.register(rivals[1])]
    const before = await till.stock(lamp.sku)
    narrator.note(`${rivals[0].name} and ${rivals[1].name} check out at the same time`)
    narrator.same('lamps on the shelf', before.available, 1)

    const orders = await Promise.all([till.order(one, 'the-lamp', lamp), till.order(other, 'the-lamp', lamp)])
    const outcomes = await Promise.all(orders.map((orderId) => till.outcome(orderId)))
    const count = (status: string) => outcomes.filter((outcome) => outcome.status === status).length
    narrator.same('orders completed', count('completed'), 1)
    narrator.same('orders compensated', count('compensated'), 1)

    const loser = outcomes.find(({ status }) => status === 'compensated')
    if (loser?.status === 'compensated') narrator.note(`why: ${loser.cause.failure.message}`)
    const after = await till.stock(lamp.sku)
    narrator.same('lamps on the shelf now', after.available, 0)
    narrator.same('lamps held for somebody', after.reserved, 0)
    const open = [await till.customer(one), await till.customer(other)].map(
      ({ openValue }) => openValue.amount,
    )
    narrator.same('what the two still owe, in GBP', open.join(' and '), '0.00 and 0.00')
  },
}
