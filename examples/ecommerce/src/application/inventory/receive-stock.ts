import type { AggregateNotFound, AlreadyExists, VersionConflict } from '@ashlar/domain'
import { Command, type Handler } from '@ashlar/mediator'
import { err } from '@ashlar/result'
import * as v from 'valibot'
import { type InvalidQuantity, parseQuantity } from '../../domain/carts/quantity.ts'
import type { Sku } from '../../domain/catalogue/product.ts'
import { StockItem } from '../../domain/inventory/stock-item.ts'
import { id } from '../id-schema.ts'
import { idempotencyKey } from '../idempotency-key-schema.ts'
import type { StockItems } from './inventory.ts'

const input = v.strictObject({
  sku: id<'Sku'>(),
  quantity: v.number(),
  idempotencyKey: v.optional(idempotencyKey),
})

type ReceiveStockFailure = InvalidQuantity | AlreadyExists | VersionConflict | AggregateNotFound

export class ReceiveStock extends Command<void, ReceiveStockFailure> {
  static readonly type = 'ReceiveStock'
  static readonly schema = input
  readonly type = 'ReceiveStock'
  readonly sku: Sku
  readonly quantity: number
  readonly idempotencyKey: string | undefined

  constructor(data: {
    readonly sku: Sku
    readonly quantity: number
    readonly idempotencyKey?: string | undefined
  }) {
    super()
    this.sku = data.sku
    this.quantity = data.quantity
    this.idempotencyKey = data.idempotencyKey
  }
}

export const receiveStock =
  ({ stock }: { readonly stock: StockItems }): Handler<ReceiveStock> =>
  async ({ sku, quantity }, context) => {
    const checked = parseQuantity(quantity)
    if (checked.isErr()) return err(checked.error)
    const found = await stock.get(StockItem.idOf(sku), context)
    const item = found.isOk() ? found.value : StockItem.of(sku)
    item.receive(checked.value)
    return found.isOk() ? stock.save(item, context) : stock.add(item, context)
  }
