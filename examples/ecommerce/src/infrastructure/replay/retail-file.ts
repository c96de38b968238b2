import { constants, createReadStream, openSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import { CsvError, parse } from 'csv-parse'
import { columns, parseRow } from './retail-row.ts'
import { type RetailYear, SalesByCustomer } from './retail-year.ts'
import type { Unexpected } from './unexpected.ts'

export type FileUnreadable = Failure<'FileUnreadable', { readonly file: string }>
/** Rows count from 1, which is the heading. */
export type RowMalformed = Failure<
  'RowMalformed',
  { readonly file: string; readonly row: number } & Unexpected
>

type Options = {
  readonly signal: AbortSignal
  /** How many rows to read at most, the heading not counted; what follows is not looked at. */
  readonly limitRows?: number
}

/** Reads a file of Online Retail to its end before anything is done with it; unpacks one that ends in `.gz`. */
export async function readRetailFile(
  file: string,
  { signal, limitRows = Number.POSITIVE_INFINITY }: Options,
): Promise<Result<RetailYear, FileUnreadable | RowMalformed>> {
  const sales = new SalesByCustomer()
  let row = 0
  try {
    for await (const fields of await recordsOf(file, signal)) {
      signal.throwIfAborted()
      row++
      const read = row === 1 ? checkHeading(fields) : parseRow(fields).map((sold) => sales.add(sold))
      if (read.isErr()) return err(malformed(file, row, read.error))
      if (row > limitRows) break
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CsvError)
      return err(
        malformed(file, Number(error.records) + 1, {
          expected: 'CSV as RFC 4180 has it',
          found: error.message,
        }),
      )
    return err(failure('FileUnreadable', `can't read "${file}": ${(error as Error).message}`, { file }))
  }
  return row === 0
    ? err(malformed(file, 1, { expected: heading, found: 'an empty file' }))
    : ok(sales.toYear())
}

/** What goes wrong in any of the streams is told to whoever reads. */
async function recordsOf(file: string, signal: AbortSignal): Promise<AsyncIterable<readonly string[]>> {
  const bytes = await bytesOf(file, signal)
  const records = parse({ bom: true, record_delimiter: ['\n', '\r\n'], relax_column_count: true })
  const told = () => undefined
  return file.endsWith('.gz')
    ? pipeline(bytes, createGunzip(), records, told)
    : pipeline(bytes, records, told)
}

/** The event loop waits for a pipe: a thread that waits for it could not be called back. */
async function bytesOf(file: string, signal: AbortSignal): Promise<Readable> {
  if (!(await stat(file)).isFIFO()) return createReadStream(file, { signal })
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd, readable: true, writable: false, signal })
}

const heading = columns.join(',')

function checkHeading(fields: readonly string[]): Result<void, Unexpected> {
  const found = fields.join(',')
  return found === heading ? ok() : err({ expected: heading, found: JSON.stringify(found.slice(0, 120)) })
}

function malformed(file: string, row: number, { expected, found }: Unexpected): RowMalformed {
  const message = `row ${row} of "${file}": expected ${expected}, found ${found}`
  return failure('RowMalformed', message, { file, row, expected, found })
}
