import { err, failure, ok } from '@ashlar/result'
import type { Catalogue } from '../application/catalogue/catalogue.ts'
import type { Product } from '../domain/catalogue/product.ts'
import { UnitPrice } from '../domain/catalogue/unit-price.ts'

const product = (sku: string, name: string, price: string): Product => ({
  sku,
  name,
  price: UnitPrice.restore(price),
})

/** What the demonstration sells. */
const products: readonly Product[] = [
  product('TEA-001', 'Assam tea, 250 g', '6.75'),
  product('MUG-014', 'Stoneware mug, blue', '11.50'),
  product('LAMP-007', 'Brass reading lamp', '89.00'),
  product('SEED-100', 'Mustard seed, by the gram', '0.125'),
  product('DESK-003', 'Oak writing desk', '940.00'),
]

/** A price list that does not change. */
export function fixedCatalogue(list: readonly Product[] = products): Catalogue {
  const bySku = new Map(list.map((item) => [item.sku, item]))
  return {
    async find(sku) {
      const found = bySku.get(sku)
      return found === undefined
        ? err(failure('ProductUnknown', `there is no product "${sku}"`, { sku }))
        : ok(found)
    },
  }
}
