import type { Order } from '@ashlar/specification'
import type { Part } from '../compile/keyset.ts'
import type { SqlWriter } from '../compile/sql-writer.ts'
import { pageStatement, type Row, type Source, type Wanted } from './page-statement.ts'

/** Runs a statement. */
export type Run = (statement: SqlWriter) => Promise<readonly Row[]>

/**
 * Reads the ranges of an order one after the other until there are enough rows.
 *
 * One is nearly always enough where ranges are long. Where the first one was not, a server is asked for all of them at once
 * the next time: that costs it more, but saves a way there and back.
 */
export class RangeReader {
  readonly #shortOrders = new Set<string>()

  /**
   * @param parts - the ranges, at least one
   * @param run - called for each statement
   * @returns at most `wanted.limit` rows in order
   */
  async read(source: Source, wanted: Wanted, parts: readonly Part[], run: Run): Promise<readonly Row[]> {
    const isFar = source.table.dialect === 'postgres' && parts.length > 1
    const order = nameOf(wanted.orderBy)
    const rows: Row[] = []
    let left = parts
    while (left.length > 0 && rows.length < wanted.limit) {
      const isFirst = left === parts
      const count = isFar && (!isFirst || this.#shortOrders.has(order)) ? left.length : 1
      const limit = wanted.limit - rows.length
      const found = await run(pageStatement(source, { ...wanted, limit }, left.slice(0, count)))
      if (isFar && isFirst) this.#note(order, ofFirst(found) < limit)
      rows.push(...found)
      left = left.slice(count)
    }
    return rows
  }

  #note(order: string, isShort: boolean): void {
    if (!isShort) this.#shortOrders.delete(order)
    else if (this.#shortOrders.size < mostOrders) this.#shortOrders.add(order)
  }
}

/** Orders come from outside, too. */
const mostOrders = 1_000

function nameOf(orderBy: readonly Order[]): string {
  return orderBy.map(({ field, direction, nulls }) => `${field} ${direction} ${nulls}`).join()
}

function ofFirst(rows: readonly Row[]): number {
  return rows.filter(({ part }) => part === undefined || part === 0).length
}
