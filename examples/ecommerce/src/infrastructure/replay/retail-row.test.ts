import { describe, expect, it } from 'vitest'
import { columns, parseRow } from './retail-row.ts'

const sold: { readonly [Column in (typeof columns)[number]]: string } = {
  InvoiceNo: '536365',
  StockCode: '85123A',
  Description: 'Holder, "white"',
  Quantity: '6',
  InvoiceDate: '2010-12-01 08:26:00',
  UnitPrice: '2.55',
  CustomerID: '17850.0',
  Country: 'United Kingdom',
}

const parse = (changes: Partial<typeof sold>) => {
  const row = { ...sold, ...changes }
  return parseRow(columns.map((column) => row[column]))
}

describe('a row of Online Retail', () => {
  it('is a sale, at the time that it says, in UTC', () => {
    const sale = parse({})._unsafeUnwrap()

    expect(sale).toMatchObject({
      customerNo: '17850',
      invoiceNo: '536365',
      soldAt: '2010-12-01T08:26:00.000Z',
      product: { sku: '85123A', name: 'Holder, "white"', price: { thousandths: 2_550n } },
      quantity: 6,
    })
  })

  it.each(['17850', '17850.0', '17850.', '017850.00'])('knows customer 17850 in %s', (CustomerID) => {
    expect(parse({ CustomerID })._unsafeUnwrap()).toMatchObject({ customerNo: '17850' })
  })

  it.each(['BANK CHARGES', 'gift_0001_20', 'DCGS0069', 'a/b-c.d', '£ % _', '__proto__'])(
    'keeps the stock code %s as it is',
    (StockCode) => {
      expect(parse({ StockCode })._unsafeUnwrap()).toMatchObject({ product: { sku: StockCode } })
    },
  )

  it.each([
    ['cancellation', { InvoiceNo: 'C536365', CustomerID: '', Quantity: '-1', UnitPrice: '0.0' }],
    ['guest', { CustomerID: '', Quantity: '-1', UnitPrice: '0.0' }],
    ['quantity', { Quantity: '0', UnitPrice: '0.0' }],
    ['quantity', { Quantity: '-80995' }],
    ['price', { UnitPrice: '0.000' }],
    ['price', { UnitPrice: '-11062.06' }],
    ['price', { UnitPrice: '-0.0000000001' }],
  ])('is skipped for %s, the first reason that applies', (reason, changes) => {
    expect(parse(changes)._unsafeUnwrap()).toBe(reason)
  })

  it.each([
    [{ InvoiceNo: '' }, 'InvoiceNo: 1 to 64 letters, digits, "_" or "-"', '""'],
    [{ InvoiceNo: '../x' }, 'InvoiceNo: 1 to 64 letters, digits, "_" or "-"', '"../x"'],
    [{ StockCode: '' }, 'StockCode: 1 to 128 printable characters', '""'],
    [{ StockCode: 'a\nb' }, 'StockCode: 1 to 128 printable characters', '"a\\nb"'],
    [{ Quantity: 'six' }, 'Quantity: a whole number', '"six"'],
    [{ Quantity: '1.5' }, 'Quantity: a whole number', '"1.5"'],
    [{ Quantity: '' }, 'Quantity: a whole number', '""'],
    [{ Quantity: '1000001' }, 'Quantity: at most 1000000', '"1000001"'],
    [
      { InvoiceDate: '12/1/2010 8:26' },
      'InvoiceDate: a date such as 2011-12-09 08:39:00',
      '"12/1/2010 8:26"',
    ],
    [
      { InvoiceDate: '2011-02-29 08:26:00' },
      'InvoiceDate: a date such as 2011-12-09 08:39:00',
      '"2011-02-29 08:26:00"',
    ],
    [
      { InvoiceDate: '2011-02-28 24:00:00' },
      'InvoiceDate: a date such as 2011-12-09 08:39:00',
      '"2011-02-28 24:00:00"',
    ],
    [{ UnitPrice: 'free' }, 'UnitPrice: a decimal number', '"free"'],
    [{ UnitPrice: '0.0004' }, 'UnitPrice: at most 12 digits before the point and 3 decimals', '"0.0004"'],
    [{ UnitPrice: '1e12' }, 'UnitPrice: at most 12 digits before the point and 3 decimals', '"1e12"'],
    [{ CustomerID: '17850.5' }, 'CustomerID: a whole number, or nothing', '"17850.5"'],
    [{ CustomerID: ' ' }, 'CustomerID: a whole number, or nothing', '" "'],
    [{ InvoiceNo: 'C1', Quantity: 'six' }, 'Quantity: a whole number', '"six"'],
    [{ Quantity: '9'.repeat(100_000) }, 'Quantity: a whole number', `"${'9'.repeat(60)}"`],
  ])('is refused with %o', (changes, expected, found) => {
    expect(parse(changes)._unsafeUnwrapErr()).toEqual({ expected, found })
  })

  it.each([1, 7, 9])('is refused with %i columns', (count) => {
    const record = Array.from({ length: count }, () => '1')

    expect(parseRow(record)._unsafeUnwrapErr()).toEqual({ expected: '8 columns', found: String(count) })
  })
})
