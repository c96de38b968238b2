import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import { CsvReader } from './csv-reader.ts'
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
  options: Options,
): Promise<Result<RetailYear, FileUnreadable | RowMalformed>> {
  const reading = new Reading(file, options.limitRows)
  const decoder = new TextDecoder()
  try {
    for await (const bytes of unpacked(file)) {
      options.signal.throwIfAborted()
      if (reading.push(decoder.decode(bytes, { stream: true }))) return reading.result()
    }
  } catch (error) {
    options.signal.throwIfAborted()
    return err(failure('FileUnreadable', `can't read "${file}": ${(error as Error).message}`, { file }))
  }
  reading.end(decoder.decode())
  return reading.result()
}

/** What goes wrong in either of the two streams is told to whoever reads. */
function unpacked(file: string): AsyncIterable<Uint8Array> {
  const bytes = createReadStream(file)
  return file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => undefined) : bytes
}

/** A file that is being read. */
class Reading {
  readonly #csv = new CsvReader()
  readonly #sales = new SalesByCustomer()
  readonly #file: string
  readonly #lastRow: number
  #row = 0
  #problem: RowMalformed | undefined

  constructor(file: string, limitRows = Number.POSITIVE_INFINITY) {
    this.#file = file
    this.#lastRow = limitRows + 1
  }

  /** True when nothing more is wanted. */
  push(text: string): boolean {
    return this.#take(this.#csv.push(text))
  }

  end(text: string): void {
    if (this.push(text) || this.#take(this.#csv.end())) return
    if (this.#row === 0) this.#refuse({ expected: heading, found: 'an empty file' })
  }

  result(): Result<RetailYear, RowMalformed> {
    return this.#problem === undefined ? ok(this.#sales.toYear()) : err(this.#problem)
  }

  #take(records: Iterable<Result<readonly string[], Unexpected>>): boolean {
    for (const record of records) {
      this.#row++
      const read = record.andThen((fields) => (this.#row === 1 ? checkHeading(fields) : this.#add(fields)))
      if (read.isErr()) this.#refuse(read.error)
      if (this.#row >= this.#lastRow || this.#problem !== undefined) return true
    }
    return false
  }

  #add(fields: readonly string[]): Result<void, Unexpected> {
    return parseRow(fields).map((row) => this.#sales.add(row))
  }

  #refuse({ expected, found }: Unexpected): void {
    const row = Math.max(this.#row, 1)
    const message = `row ${row} of "${this.#file}": expected ${expected}, found ${found}`
    this.#problem = failure('RowMalformed', message, { file: this.#file, row, expected, found })
  }
}

const heading = columns.join(',')

function checkHeading(fields: readonly string[]): Result<void, Unexpected> {
  const found = fields.join(',')
  return found === heading ? ok() : err({ expected: heading, found: JSON.stringify(found.slice(0, 120)) })
}
