import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createContext } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import { RegisterCustomer } from '../src/application/customers/register-customer.ts'
import { openShop } from '../src/composition.ts'
import { InvoiceCatalogue } from '../src/infrastructure/replay/invoice-catalogue.ts'
import { readRetailFile } from '../src/infrastructure/replay/retail-file.ts'
import { replayYear } from '../src/presentation/replay/replay-year.ts'
import { reckon } from './replay-oracle.ts'
import { runProcess } from './shop-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const stores = ['memory', 'sqlite'] as const
const invoices = fileURLToPath(new URL('replay-invoices.csv', import.meta.url))
const heading = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'
const row = (
  fields: Partial<{
    sku: string
    name: string
    quantity: string
    date: string
    price: string
  }> = {},
) =>
  [
    '1',
    fields.sku ?? 'TEA',
    fields.name ?? 'Tea',
    fields.quantity ?? '1',
    fields.date ?? '2024-01-01 10:00:00',
    fields.price ?? '2.5',
    '7.0',
    'Malta',
  ].join(',')

const replay = (argv: readonly string[], env?: NodeJS.ProcessEnv) =>
  runProcess('../src/main.ts', ['replay', ...argv], env)

/** What `--json` printed, but for the time. */
async function replayed(argv: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await replay([...argv, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { seconds, ...report } = JSON.parse(stdout)
  expect(seconds).toBeGreaterThan(0)
  return report
}

/** Reckoned by hand: 1001 spends 10,000.00, 1002 20,000.00, 1003 43.89, 1004 10,000.00, 1007 7.00. */
const expected = {
  rows: 48,
  skipped: { cancellation: 2, guest: 3, quantity: 2, price: 3 },
  orders: 29,
  lines: 38,
  customers: 5,
  refusedByCredit: 2,
  tierUpgrades: 4,
  tiers: [2, 2, 1, 0],
  revenuePence: 40_050_89,
  events: 5 + 29 + 38 + 3 * 27 + 4,
}

describe.each(stores)('npm run shop -- replay --store %s', (store) => {
  const folder = temporaryFolder()
  const written = (text: string | Uint8Array, name = 'a.csv') => {
    const path = join(folder(), name)
    writeFileSync(path, text)
    return path
  }

  it('comes to what was reckoned by hand', async () => {
    const report = await replayed([invoices, '--store', store])

    expect(report).toEqual(expected)
    expect(JSON.stringify(report)).toBe(JSON.stringify(expected))
  })

  it('reads a packed file, other line ends, a byte order mark and bytes that are no text', async () => {
    const text = readFileSync(invoices, 'latin1')
    const lineEnds = text.replaceAll('\n', '\r\n').trimEnd()
    const file = written(
      gzipSync(Buffer.from(`\xef\xbb\xbf${lineEnds.replaceAll('Rope', '\xff\xa3\0')}`, 'latin1')),
      'a.csv.gz',
    )

    expect(await replayed([file, '--store', store])).toEqual(expected)
  })

  it.each(['a.csv', 'a.csv.gz'])(
    'takes the first rows of %s only, and does not look at the rest',
    async (name) => {
      const rows = readFileSync(invoices, 'utf8').split('\n').slice(0, 10).join('\n')
      const text = `${rows}\n${'broken\n'.repeat(100_000)}`
      const file = written(name.endsWith('.gz') ? gzipSync(text) : text, name)

      expect(await replayed([file, '--store', store, '--limit-rows', '9'])).toEqual({
        rows: 9,
        skipped: { cancellation: 2, guest: 0, quantity: 0, price: 0 },
        orders: 7,
        lines: 7,
        customers: 1,
        refusedByCredit: 1,
        tierUpgrades: 0,
        tiers: [1, 0, 0, 0],
        revenuePence: 4_999_00,
        events: 1 + 7 + 7 + 3 * 6,
      })
    },
  )

  it('has nothing to do for a file without rows', async () => {
    const file = written(heading)

    expect(await replayed([file, '--store', store])).toMatchObject({
      rows: 0,
      orders: 0,
      tiers: [0, 0, 0, 0],
      events: 0,
    })
  })

  it('keeps item by item what the rows say, at the date of the invoice', async () => {
    const directory = folder()
    const catalogue = new InvoiceCatalogue()
    const shop = await openShop({ store, directory, catalogue, isFulfilling: false })
    const signal = new AbortController().signal
    const year = (await readRetailFile(invoices, { signal }))._unsafeUnwrap()

    await replayYear(year, { shop, catalogue, signal, onLine: () => undefined })
    const events = await Array.fromAsync(shop.events.query('all'))
    await shop.close()

    const items = events.filter(
      ({ type, metadata }) => type === 'ItemAdded' && metadata.correlationId === '1003/300001',
    )
    expect(items.map(({ data }) => data)).toMatchObject([
      { sku: 'SEED-6', name: 'Seed', quantity: 3, unitPrice: '0.125' },
      { sku: 'SEED-6', name: 'Seed, "new"\nharvest', quantity: 1, unitPrice: '0.130' },
      { sku: 'gift_0001_20', name: 'Gift £20\n', quantity: 1, unitPrice: '0.001' },
      { sku: 'BANK CHARGES', name: 'Charges', quantity: 1, unitPrice: '15.000' },
    ])
    const placed = events.filter(
      ({ type, metadata }) => type === 'OrderPlaced' && metadata.correlationId === '1004/400001',
    )
    expect(placed.map(({ data }) => data)).toMatchObject([
      { total: { amount: '5000.00' }, placedAt: '2024-05-09T07:00:00.000Z' },
    ])
  })

  it('stops at a command that is refused, and names command, customer and reason', async () => {
    const directory = folder()
    const catalogue = new InvoiceCatalogue()
    const shop = await openShop({ store, directory, catalogue, isFulfilling: false })
    const signal = new AbortController().signal
    const year = (await readRetailFile(invoices, { signal }))._unsafeUnwrap()
    const address = { street: '1 Mill Lane', city: 'Leeds', state: 'Leeds', postalCode: 'LS1', country: 'GB' }
    const command = new RegisterCustomer({
      name: 'Ada',
      email: 'customer-1003@example.com',
      phone: '+442079460958',
      address,
    })
    expect((await shop.mediator.send(command, createContext())).isOk()).toBe(true)

    const replaying = replayYear(year, { shop, catalogue, signal, onLine: () => undefined })

    await expect(replaying).rejects.toThrow(
      /^RegisterCustomer of customer 1003 failed: EmailTaken, .*customer-1003@example\.com/,
    )
    await shop.close()
  })
})

describe('npm run shop -- replay', () => {
  const folder = temporaryFolder()

  it.each([
    ['an empty file', '', `row 1 of FILE: expected ${heading.trim()}, found an empty file`],
    ['another heading', 'a,b\n', `row 1 of FILE: expected ${heading.trim()}, found "a,b"`],
    ['a missing column', `${heading}${row()}\n1,2,3\n`, 'row 3 of FILE: expected 8 columns, found 3'],
    ['a column too many', `${heading}${row()},\n`, 'row 2 of FILE: expected 8 columns, found 9'],
    ['an empty line', `${heading}\n${row()}\n`, 'row 2 of FILE: expected 8 columns, found 1'],
    [
      'a quantity that is no number',
      `${heading}${row({ name: '"two\nlines"' })}\n${row({ quantity: 'six' })}\n`,
      'row 3 of FILE: expected Quantity: a whole number, found "six"',
    ],
    [
      'a price that is no number',
      `${heading}${row({ price: '2,5' })}`,
      'row 2 of FILE: expected 8 columns, found 9',
    ],
    [
      'a date that is none',
      `${heading}${row({ date: '2024-02-30 10:00:00' })}`,
      'row 2 of FILE: expected InvoiceDate: a date such as 2011-12-09 08:39:00, found "2024-02-30 10:00:00"',
    ],
    [
      'a quote that is not closed',
      `${heading}${row()}\n${row({ name: '"Tea' })}\n${row()}\n`,
      'row 3 of FILE: expected CSV as RFC 4180 has it, found Quote Not Closed: the parsing is finished with an opening quote at line 4',
    ],
    [
      'text after a closing quote',
      `${heading}${row()}\n${row({ name: '"Tea"s' })}\n${row()}\n`,
      'row 3 of FILE: expected CSV as RFC 4180 has it, found Invalid Closing Quote: got "s" at line 3 instead of delimiter, record delimiter, trimable character (if activated) or comment',
    ],
  ])('refuses %s before anything is done', async (_, text, message) => {
    const file = join(folder(), 'a.csv')
    const directory = join(folder(), 'shop')
    writeFileSync(file, text)

    const { code, stdout, stderr } = await replay([file, '--json', '--directory', directory])

    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `${message.replace('FILE', `"${file}"`)}\n`,
    })
    expect(existsSync(directory)).toBe(false)
  })

  it('names a file that can not be read', async () => {
    const missing = join(folder(), 'missing.csv')
    const torn = join(folder(), 'torn.csv.gz')
    const plain = join(folder(), 'plain.csv.gz')
    writeFileSync(torn, gzipSync(readFileSync(invoices)).subarray(0, 400))
    writeFileSync(plain, heading)

    const ended = await Promise.all([missing, torn, plain, folder()].map((file) => replay([file])))

    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [1, expect.stringMatching(`^can't read "${missing}": ENOENT`)],
      [1, `can't read "${torn}": unexpected end of file\n`],
      [1, `can't read "${plain}": incorrect header check\n`],
      [1, expect.stringMatching(`^can't read "${folder()}": EISDIR`)],
    ])
  })

  it.each([
    [[], 'FILE is missing'],
    [['a.csv', 'b.csv'], 'expected one FILE, found 2'],
    [['a.csv', '--store', 'tape'], '--store must be memory or sqlite, found "tape"'],
    [['a.csv', '--limit-rows', '1.5'], '--limit-rows must be a whole number from 1, found "1.5"'],
    [['a.csv', '--fast'], "Unknown option '--fast'"],
  ])('shows how it is used after %o', async (argv, problem) => {
    const { code, stdout, stderr } = await replay(argv)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.startsWith(problem)).toBe(true)
    expect(stderr).toContain('Usage: npm run shop -- replay')
  })

  it('tells people a table, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await replay([invoices], { TMPDIR: folder() })

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^rows +48$/m)
    expect(stdout).toMatch(/^revenue +£40,050\.89$/m)
    expect(stdout).toMatch(/^ {2}Gold +1$/m)
    expect(readdirSync(folder())).toEqual([])
  })

  it('leaves the shop in the directory that it is told, and does not write over it', async () => {
    const argv = [invoices, '--json', '--directory', join(folder(), 'shop')]

    const first = await replay(argv)
    const second = await replay(argv)

    expect(first.code).toBe(0)
    expect(existsSync(join(folder(), 'shop', 'shop.db'))).toBe(true)
    expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 1, stdout: '' })
    expect(second.stderr).toContain('--directory must hold no shop yet')
  })

  it('says why it stopped', async () => {
    const { code, stdout, stderr } = await replay([invoices, '--directory', join(invoices, 'shop')])

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^the replay was stopped: ENOTDIR/)
  })
})

const data = process.env.ASHLAR_DATA

if (data === undefined)
  console.warn(
    'ASHLAR_DATA is not set: only a small file of our own was replayed, and no day of Online Retail',
  )
else
  describe('a replay of Online Retail', () => {
    it.each(stores)('comes to what the rows of one day say, on %s', async (store) => {
      const file = join(data, 'sample-2011-12-09.csv')

      const report = await replayed([file, '--store', store])

      expect(report).toEqual(reckon(readFileSync(file, 'utf8')))
    })

    if (process.env.ASHLAR_DEEP)
      it('comes to what the rows of the whole year say, on SQLite', async () => {
        const file = join(data, 'online-retail.csv.gz')

        const report = await replayed([file, '--store', 'sqlite'])

        expect(report).toEqual(reckon(gunzipSync(readFileSync(file)).toString('utf8')))
      })
  })
