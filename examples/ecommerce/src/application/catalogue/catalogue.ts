import type { Context } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { Product, ProductUnknown, Sku } from '../../domain/catalogue/product.ts'

/** Knows what we sell, and what it costs now; the only source of prices. */
export interface Catalogue {
  find(sku: Sku, context: Context): Promise<Result<Product, ProductUnknown>>
}
