import { parseId } from '@ashlar/domain'
import { err, ok, type Result } from '@ashlar/result'
import { parseQuantity } from '../../domain/carts/quantity.ts'
import type { Product } from '../../domain/catalogue/product.ts'
import { UnitPrice } from '../../domain/catalogue/unit-price.ts'
import { parseDecimal, plainText } from './decimal.ts'
import type { Unexpected } from './unexpected.ts'

export const columns = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const

type Column = (typeof columns)[number]
type Fields = { readonly [Name in Column]: string }

/** Why a row is not replayed; a row counts for the first that applies, in this order. */
export type SkipReason = 'cancellation' | 'guest' | 'quantity' | 'price'

/** Something that somebody bought. */
export type Sale = {
  readonly customerNo: string
  readonly invoiceNo: string
  /** ISO-8601, UTC. */
  readonly soldAt: string
  readonly product: Product
  readonly quantity: number
}

const invoiceNo = /^[\w-]{1,64}$/
const wholeNumber = /^[+-]?\d{1,15}$/
const customerNo = /^0*(\d{1,15})(?:\.0*)?$/
const date = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/

/** Reads one row of Online Retail; every row must be well-formed, whether it is skipped or not. */
export function parseRow(record: readonly string[]): Result<Sale | SkipReason, Unexpected> {
  if (record.length !== columns.length)
    return err({ expected: `${columns.length} columns`, found: String(record.length) })
  const fields = fieldsOf(record)
  if (!invoiceNo.test(fields.InvoiceNo))
    return unexpected('InvoiceNo', '1 to 64 letters, digits, "_" or "-"', fields)
  if (!wholeNumber.test(fields.Quantity)) return unexpected('Quantity', 'a whole number', fields)
  const soldAt = isoDate(fields.InvoiceDate)
  if (soldAt === undefined) return unexpected('InvoiceDate', 'a date such as 2011-12-09 08:39:00', fields)
  const price = parseDecimal(fields.UnitPrice)
  if (price === undefined) return unexpected('UnitPrice', 'a decimal number', fields)
  const [, customer] = customerNo.exec(fields.CustomerID) ?? []
  if (customer === undefined && fields.CustomerID !== '')
    return unexpected('CustomerID', 'a whole number, or nothing', fields)

  const quantity = Number(fields.Quantity)
  if (fields.InvoiceNo.startsWith('C')) return ok('cancellation')
  if (customer === undefined) return ok('guest')
  if (quantity <= 0) return ok('quantity')
  if (price.digits <= 0n) return ok('price')

  if (parseId(fields.StockCode).isErr())
    return unexpected('StockCode', '1 to 128 printable characters', fields)
  if (parseQuantity(quantity).isErr()) return unexpected('Quantity', 'at most 1000000', fields)
  const unitPrice = UnitPrice.parse(plainText(price))
  if (unitPrice.isErr())
    return unexpected('UnitPrice', 'at most 12 digits before the point and 3 decimals', fields)
  return ok({
    customerNo: customer,
    invoiceNo: fields.InvoiceNo,
    soldAt,
    product: { sku: fields.StockCode, name: fields.Description, price: unitPrice.value },
    quantity,
  })
}

function fieldsOf(record: readonly string[]): Fields {
  const [InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country] =
    record as readonly [string, string, string, string, string, string, string, string]
  return { InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country }
}

/** Dates carry no zone; they count as UTC. The 30th of February is not one. */
function isoDate(text: string): string | undefined {
  const [, day, time] = date.exec(text) ?? []
  if (day === undefined) return undefined
  const iso = `${day}T${time}.000Z`
  const moment = new Date(iso)
  return Number.isNaN(moment.getTime()) || moment.toISOString() !== iso ? undefined : iso
}

function unexpected(column: Column, expected: string, fields: Fields): Result<never, Unexpected> {
  return err({ expected: `${column}: ${expected}`, found: JSON.stringify(fields[column].slice(0, 60)) })
}
