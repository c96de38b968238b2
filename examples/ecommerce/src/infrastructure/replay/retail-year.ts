import type { Sale, SkipReason } from './retail-row.ts'

/** What is on one invoice, in the order of the file. */
export type Invoice = {
  readonly invoiceNo: string
  /** That of its first row; ISO-8601, UTC. */
  readonly placedAt: string
  readonly sales: readonly Sale[]
}

/** What one customer bought, oldest first, and in the order of the file where dates are the same. */
export type Buyer = { readonly customerNo: string; readonly invoices: readonly Invoice[] }

export type RetailYear = {
  /** All of them, the skipped ones included. */
  readonly rows: number
  readonly skipped: { readonly [Reason in SkipReason]: number }
  readonly buyers: readonly Buyer[]
}

/** Sorts rows into customers and invoices, and counts those that are skipped. */
export class SalesByCustomer {
  readonly #skipped = { cancellation: 0, guest: 0, quantity: 0, price: 0 }
  readonly #buyers = new Map<string, Map<string, Sale[]>>()
  #rows = 0

  add(row: Sale | SkipReason): void {
    this.#rows++
    if (typeof row === 'string') {
      this.#skipped[row]++
      return
    }
    const invoices = this.#buyers.get(row.customerNo) ?? new Map<string, Sale[]>()
    this.#buyers.set(row.customerNo, invoices)
    const sales = invoices.get(row.invoiceNo)
    if (sales === undefined) invoices.set(row.invoiceNo, [row])
    else sales.push(row)
  }

  toYear(): RetailYear {
    const buyers = [...this.#buyers].map(([customerNo, invoices]) => ({
      customerNo,
      invoices: [...invoices].map(toInvoice).sort(byDate),
    }))
    return { rows: this.#rows, skipped: { ...this.#skipped }, buyers }
  }
}

function toInvoice([invoiceNo, sales]: [string, Sale[]]): Invoice {
  return { invoiceNo, placedAt: (sales[0] as Sale).soldAt, sales }
}

/** Sorting is stable, so that the order of the file stays. */
function byDate(one: Invoice, other: Invoice): number {
  if (one.placedAt === other.placedAt) return 0
  return one.placedAt < other.placedAt ? -1 : 1
}
