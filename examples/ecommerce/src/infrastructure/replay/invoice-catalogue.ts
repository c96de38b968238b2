import { err, failure, ok, type Result } from '@ashlar/result'
import type { Catalogue } from '../../application/catalogue/catalogue.ts'
import type { Product, ProductUnknown, Sku } from '../../domain/catalogue/product.ts'

/** A price list for each invoice, found by the correlation of the request; it says what the last row said. */
export class InvoiceCatalogue implements Catalogue {
  readonly #lists = new Map<string, Map<Sku, Product>>()

  put(correlationId: string, product: Product): void {
    const list = this.#lists.get(correlationId)
    if (list === undefined) this.#lists.set(correlationId, new Map([[product.sku, product]]))
    else list.set(product.sku, product)
  }

  drop(correlationId: string): void {
    this.#lists.delete(correlationId)
  }

  async find(
    sku: Sku,
    { correlationId }: { readonly correlationId: string },
  ): Promise<Result<Product, ProductUnknown>> {
    const found = this.#lists.get(correlationId)?.get(sku)
    if (found !== undefined) return ok(found)
    return err(failure('ProductUnknown', `invoice "${correlationId}" has no product "${sku}"`, { sku }))
  }
}
