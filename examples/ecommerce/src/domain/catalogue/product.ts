import type { Failure } from '@ashlar/result'
import type { UnitPrice } from './unit-price.ts'

/** A product's number, as it stands on the shelf. */
export type Sku = string

/** Something that we sell, and what one piece of it costs now. */
export type Product = { readonly sku: Sku; readonly name: string; readonly price: UnitPrice }

export type ProductUnknown = Failure<'ProductUnknown', { readonly sku: Sku }>
