import { AddItem } from '../../../application/carts/add-item.ts'
import type { Act } from '../act.ts'
import { between } from '../seeded.ts'

export const cart: Act = {
  title: 'The cart fills',
  async play({ till, random, props, prop }, narrator) {
    await till.receive(
      { sku: 'TEA-001', quantity: 100 },
      { sku: 'MUG-014', quantity: 100 },
      { sku: 'SEED-100', quantity: 5_000 },
      { sku: 'LAMP-007', quantity: 1 },
      { sku: 'DESK-003', quantity: 12 },
    )
    const tea = { sku: 'TEA-001', quantity: between(random, 1, 9) }
    const mugs = { sku: 'MUG-014', quantity: between(random, 1, 6) }
    const seeds = { sku: 'SEED-100', quantity: between(random, 50, 400) }
    const cartId = await till.fillCart(prop('customerId'), tea, mugs, seeds)
    props.cartId = cartId

    const { lines, total } = await till.cart(cartId)
    for (const { name, quantity, unitPrice } of lines) narrator.note(`${quantity} × ${name}, at ${unitPrice}`)
    narrator.same('products in the cart', lines.length, 3)
    narrator.same('the total, in GBP', total.amount, totalOf(tea.quantity, mugs.quantity, seeds.quantity))

    narrator.refusal(
      'a price that the browser sends along',
      await till.shop.mediator.sendInput(
        AddItem,
        { cartId, sku: 'LAMP-007', quantity: 1, unitPrice: '0.01' },
        till.context(),
      ),
      'InvalidInput',
      'say what and how many; the catalogue says for how much',
    )
    narrator.same('products in the cart, still', (await till.cart(cartId)).lines.length, 3)
  },
}

/** Reckoned here once more, in thousandths; the half penny of an odd weight is rounded up. */
function totalOf(tea: number, mugs: number, seeds: number): string {
  const pence = Math.floor((tea * 6_750 + mugs * 11_500 + seeds * 125 + 5) / 10)
  return (pence / 100).toFixed(2)
}
