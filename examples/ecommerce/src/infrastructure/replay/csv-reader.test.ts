import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvReader } from './csv-reader.ts'

describe('CsvReader', () => {
  it.each([
    [
      'line feeds',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'carriage returns before them',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a last record without a line end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty fields',
      ',\n"",\n,',
      [
        ['', ''],
        ['', ''],
        ['', ''],
      ],
    ],
    ['an empty line as a record of one empty field', 'a\n\nb\n', [['a'], [''], ['b']]],
    ['commas in quotes', '"a,b",c\n', [['a,b', 'c']]],
    ['line ends in quotes', '"a\r\nb\n",c\n', [['a\r\nb\n', 'c']]],
    ['doubled quotes', '"""a""b""",""""\n', [['"a"b"', '"']]],
    ['one quoted field at the end', 'a\n""', [['a'], ['']]],
    ['nothing', '', []],
  ])('reads %s', (_, text, records) => {
    expect(read([text])).toEqual({ records, problem: undefined })
    expect(read([...text])).toEqual({ records, problem: undefined })
  })

  it.each([
    ['a quote that is not closed', 'a\n"b\nc,', 'a closing quote', 'the end of the file'],
    ['text after a closing quote', 'a\n"b"c\n', 'a comma or a line end after a closing quote', '"c"'],
    ['a quote in a plain field', 'a\nb"c"\n', 'no quote in a field that does not begin with one', '"\\""'],
    ['a lone carriage return', 'a\nb\rc\n', 'a line feed after a carriage return', '"c"'],
    ['a carriage return at the end', 'a\nb\r', 'a line feed after a carriage return', 'the end of the file'],
  ])('refuses %s, after the records before it', (_, text, expected, found) => {
    expect(read([text])).toEqual({ records: [['a']], problem: { expected, found } })
    expect(read([...text])).toEqual({ records: [['a']], problem: { expected, found } })
  })

  it('reads what was written, wherever it is cut', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '£') })
    const records = fc.array(fc.array(field, { minLength: 1 }), { minLength: 1 })

    fc.assert(
      fc.property(records, fc.constantFrom('\n', '\r\n'), fc.nat({ max: 9 }), (wanted, lineEnd, size) => {
        const text = wanted.map((record) => record.map(quoted).join(',') + lineEnd).join('')
        expect(read(cut(text, size + 1)).records).toEqual(wanted)
      }),
    )
  })
})

function read(pieces: readonly string[]) {
  const reader = new CsvReader()
  const records: (readonly string[])[] = []
  for (const piece of pieces)
    for (const record of reader.push(piece)) {
      if (record.isErr()) return { records, problem: record.error }
      records.push(record.value)
    }
  for (const record of reader.end()) {
    if (record.isErr()) return { records, problem: record.error }
    records.push(record.value)
  }
  return { records, problem: undefined }
}

function quoted(field: string): string {
  return /[,"\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

function cut(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  )
}
