import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { ReceiveStock } from '../src/application/inventory/receive-stock.ts'
import { GetOrder } from '../src/application/orders/get-order.ts'
import { openShop } from '../src/composition.ts'
import { chargesOf } from '../src/infrastructure/providers/card-payments.ts'
import { checkOut, filledCart } from './filled-cart.ts'
import { context } from './opened-shop.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('A shop whose file is', () => {
  const folder = temporaryFolder()
  const openThere = () => openShop({ store: 'sqlite', directory: folder() })

  it.each([
    ['a text', 'hello '.repeat(2_000)],
    ['a damaged database', `SQLite format 3\0${'\x7f'.repeat(8_000)}`],
  ])('%s stays closed, and leaves it as it is', async (_, content) => {
    const path = join(folder(), 'shop.db')
    writeFileSync(path, content)

    await expect(openThere()).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_FOREIGN_FILE',
      message: expect.stringContaining(path),
    })

    expect(readFileSync(path, 'latin1')).toBe(content)
    expect(openHandles(folder())).toEqual([])
  })

  it.each([
    ['of another application', 'pragma application_id = 42', 'ASHLAR_SQLITE_FOREIGN_FILE'],
    [
      'of a newer release',
      `pragma application_id = ${0x4173686c}; pragma user_version = 999`,
      'ASHLAR_SQLITE_SCHEMA_TOO_NEW',
    ],
  ])('%s stays closed, and leaves it as it is', async (_, pragmas, code) => {
    const path = join(folder(), 'shop.db')
    const database = new DatabaseSync(path)
    database.exec(`${pragmas}; create table mine (id text)`)
    database.close()
    const before = readFileSync(path)

    await expect(openThere()).rejects.toMatchObject({ code, message: expect.stringContaining(path) })

    expect(readFileSync(path)).toEqual(before)
    expect(openHandles(folder())).toEqual([])
  })

  it('of an earlier shop stays closed, and keeps its rows', async () => {
    const path = join(folder(), 'shop.db')
    await (await openThere()).close()
    const database = new DatabaseSync(path)
    database.exec(`drop table orders; create table orders (id text primary key, meta text, state text) strict;
                   insert into orders values ('order-1', '{}', '{}')`)
    database.close()

    await expect(openThere()).rejects.toMatchObject({
      code: 'SHOP_OTHER_SCHEMA',
      message: expect.stringContaining(path),
    })

    expect(openHandles(folder())).toEqual([])
    const kept = new DatabaseSync(path)
    expect(kept.prepare('select id from orders').all()).toEqual([{ id: 'order-1' }])
    kept.close()
  })

  it('from before there was a choice of payment goes on, and its orders are paid by card', async () => {
    const older = await openThere()
    await orThrow(older.mediator.send(new ReceiveStock({ sku: 'TEA-001', quantity: 1 }), context))
    const { orderId } = (await orThrow(checkOut(older, await filledCart(older)))).value
    await older.close()
    const database = new DatabaseSync(join(folder(), 'shop.db'))
    database.exec('alter table orders drop column payment')
    database.exec("update sagas set input = json_remove(input, '$.payment')")
    database.close()

    const shop = await openThere()
    const stop = new AbortController()
    const running = shop.orchestrator.run({ signal: stop.signal })
    const { status } = await shop.sagaOf(orderId).outcome()
    stop.abort()
    await running

    const order = (await orThrow(shop.mediator.send(new GetOrder({ orderId }), context))).value
    expect([status, order.status, order.payment]).toEqual(['completed', 'completed', 'card'])
    expect(chargesOf(shop.ledger)).toHaveLength(1)
    await shop.close()
  })

  it('in a folder that is missing stays closed', async () => {
    const directory = join(folder(), 'missing')

    await expect(openShop({ store: 'sqlite', directory })).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_CANNOT_OPEN',
    })
    await expect(openShop({ store: 'memory', directory })).rejects.toMatchObject({
      code: 'SHOP_PROVIDER_LEDGER',
      message: expect.stringContaining(directory),
    })
  })

  it('beside a ledger that is something else stays closed, and holds nothing open', async () => {
    const path = join(folder(), 'providers.db')
    writeFileSync(path, 'hello '.repeat(2_000))

    await expect(openThere()).rejects.toMatchObject({
      code: 'SHOP_PROVIDER_LEDGER',
      message: expect.stringContaining(path),
    })

    expect(readFileSync(path, 'utf8')).toBe('hello '.repeat(2_000))
    expect(openHandles(folder())).toEqual([])
  })

  it('beside a flag document that is bad stays closed, and holds nothing open', async () => {
    const flagFile = join(folder(), 'flags.json')
    writeFileSync(flagFile, '{"version":1,"flags":{"pay-by-card":{"enabled":"no"}}}')

    await expect(openShop({ store: 'sqlite', directory: folder(), flagFile })).rejects.toMatchObject({
      code: 'SHOP_FLAG_DOCUMENT',
      message: expect.stringContaining('flags["pay-by-card"].enabled: expected'),
    })

    expect(openHandles(folder())).toEqual([])
    await (await openThere()).close()
  })

  it('read-only stays closed, and leaves it as it is', async () => {
    const place = join(folder(), 'place')
    mkdirSync(place)
    await (await openShop({ store: 'sqlite', directory: place })).close()
    const path = join(place, 'shop.db')
    const before = readFileSync(path)
    for (const entry of [place, ...readdirSync(place).map((name) => join(place, name))])
      chownSync(entry, nobody, nobody)
    chmodSync(path, 0o444)
    chmodSync(folder(), 0o755)

    expect(openedByNobody(place)).toBe('ASHLAR_SQLITE_READ_ONLY')

    expect(readFileSync(path)).toEqual(before)
  })
})

const nobody = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0)

/** Tries to open the shop in a process of its own, since nothing is read-only for root; tells the code of what was thrown. */
function openedByNobody(directory: string): string {
  const script = `
    const { openShop } = await import(${JSON.stringify(new URL('../src/composition.ts', import.meta.url).href)})
    process.setuid?.(${nobody})
    const told = await openShop({ store: 'sqlite', directory: ${JSON.stringify(directory)} })
      .then((shop) => shop.close().then(() => 'opened'), (error) => error.code)
    console.log(told)`
  const parameters = ['--conditions=@ashlar/source', '--input-type=module', '--eval', script]
  return execFileSync(process.execPath, parameters).toString().trim()
}

/** The open files of this process below a path; empty where the system doesn't tell. */
function openHandles(path: string): readonly string[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(targetOf)
      .filter((target) => target.startsWith(path))
  } catch {
    return []
  }
}

function targetOf(handle: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${handle}`)
  } catch {
    return ''
  }
}
