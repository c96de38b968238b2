import { err, ok, type Result } from '@ashlar/result'
import type { Unexpected } from './unexpected.ts'

type Field = 'empty' | 'plain' | 'quoted' | 'after quote' | 'after return'

const comma = 0x2c
const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Reads CSV as RFC 4180 has it, from text that comes in pieces; a line feed alone ends a record, too. */
export class CsvReader {
  #record: string[] = []
  #text = ''
  #field: Field = 'empty'

  /** Gives the records that this piece completes, up to the first that is broken. */
  push(piece: string): Iterable<Result<readonly string[], Unexpected>> {
    return this.#recordsOf(piece)
  }

  /** Gives the last record, where no line end closes it. */
  end(): readonly Result<readonly string[], Unexpected>[] {
    const found = 'the end of the file'
    if (this.#field === 'quoted') return [err({ expected: 'a closing quote', found })]
    if (this.#field === 'after return')
      return [err({ expected: 'a line feed after a carriage return', found })]
    return this.#field === 'empty' && this.#record.length === 0 ? [] : [ok(this.#endRecord())]
  }

  *#recordsOf(piece: string): Generator<Result<readonly string[], Unexpected>> {
    for (let at = 0; at < piece.length; ) {
      const code = piece.charCodeAt(at)
      if (this.#field === 'quoted') {
        at = this.#takeQuoted(piece, at)
      } else if (this.#field === 'after return' && code !== lineFeed) {
        return yield err({ expected: 'a line feed after a carriage return', found: shown(piece, at) })
      } else if (code === comma) {
        this.#endField()
        at++
      } else if (code === lineFeed) {
        yield ok(this.#endRecord())
        at++
      } else if (code === carriageReturn) {
        this.#field = 'after return'
        at++
      } else if (code === quote && this.#field !== 'plain') {
        if (this.#field === 'after quote') this.#text += '"'
        this.#field = 'quoted'
        at++
      } else if (code === quote) {
        return yield err({
          expected: 'no quote in a field that does not begin with one',
          found: shown(piece, at),
        })
      } else if (this.#field === 'after quote') {
        return yield err({ expected: 'a comma or a line end after a closing quote', found: shown(piece, at) })
      } else {
        at = this.#takePlain(piece, at)
      }
    }
  }

  #takeQuoted(piece: string, from: number): number {
    const to = piece.indexOf('"', from)
    if (to !== -1) this.#field = 'after quote'
    this.#text += piece.slice(from, to === -1 ? undefined : to)
    return to === -1 ? piece.length : to + 1
  }

  #takePlain(piece: string, from: number): number {
    let to = from + 1
    while (to < piece.length && !isSign(piece.charCodeAt(to))) to++
    this.#field = 'plain'
    this.#text += piece.slice(from, to)
    return to
  }

  #endField(): void {
    this.#record.push(this.#text)
    this.#text = ''
    this.#field = 'empty'
  }

  #endRecord(): readonly string[] {
    this.#endField()
    const record = this.#record
    this.#record = []
    return record
  }
}

function isSign(code: number): boolean {
  return code === comma || code === lineFeed || code === quote || code === carriageReturn
}

function shown(text: string, at: number): string {
  return JSON.stringify(text[at])
}
