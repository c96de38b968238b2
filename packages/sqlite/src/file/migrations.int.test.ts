import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createContext } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import { schemaVersion1 } from '../../test/schema-version-1.ts'
import { temporaryFolder } from '../../test/temporary.ts'
import { SqliteStorage } from '../sqlite-storage.ts'

describe('a file of schema version 1', () => {
  const folder = temporaryFolder()
  const context = createContext()
  const claim = { key: 'k-1', fingerprint: 'a', now: 1, leaseUntil: 2 }

  it('is brought to the schema of a new file', async () => {
    const [old, fresh] = [oldFile(), join(folder(), 'new.db')]

    for (const path of [old, fresh]) await (await SqliteStorage.open({ path })).close()

    expect(schemaOf(old)).toEqual(schemaOf(fresh))
    expect(schemaOf(old)).toContainEqual({ user_version: 3 })
  })

  it('keeps its events and sagas', async () => {
    const path = oldFile(`
      insert into streams (id, tenant, name, category) values (1, '', 'cart-1', 'cart');
      insert into events (position, stream_id, version, tenant, id, type, schema_version, data, recorded_at)
        values (1, 1, 1, '', 'e-1', 'Opened', 1, '{"by":"ada"}', '2026-01-01T00:00:00.000Z');
      insert into sagas values (1, '', 's-1', 'order', 1, 'order@1', 'running', 0, 0, '1', '{}', null,
        '{"correlationId":"c-1"}', 0, null, 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');`)

    const storage = await SqliteStorage.open({ path })

    expect(await Array.fromAsync(storage.events.read('cart-1'))).toMatchObject([{ data: { by: 'ada' } }])
    expect(await storage.sagas.find('s-1')).toMatchObject({ input: 1, status: 'running' })
    expect(await storage.idempotency.claim(claim, context)).toMatchObject({ status: 'claimed' })
    await storage.close()
  })

  it('can be opened by several at once', async () => {
    const path = oldFile()

    const storages = await Promise.all([1, 2, 3, 4].map(() => SqliteStorage.open({ path })))

    const claims = await Promise.all(storages.map(({ idempotency }) => idempotency.claim(claim, context)))
    expect(claims.filter(({ status }) => status === 'claimed')).toHaveLength(1)
    await Promise.all(storages.map((storage) => storage.close()))
  })

  it.each(['create table Idempotency_Keys (x)', 'create view idempotency_keys_until as select 1'])(
    'is refused, and left as it is, where the application has one of the new names: %s',
    async (sql) => {
      const path = oldFile(sql)
      const before = readFileSync(path)

      await expect(SqliteStorage.open({ path })).rejects.toMatchObject({
        code: 'ASHLAR_SQLITE_FOREIGN_FILE',
        message: expect.stringMatching(/found a "idempotency_keys(_until)?"/i),
      })
      expect(readFileSync(path)).toEqual(before)
    },
  )

  function oldFile(sql = ''): string {
    const path = join(folder(), 'old.db')
    const database = new DatabaseSync(path)
    database.exec(schemaVersion1 + sql)
    database.close()
    return path
  }
})

/** Tables and indexes without the spaces of their SQL, and how the file is marked. */
function schemaOf(path: string): unknown[] {
  const database = new DatabaseSync(path)
  const parts = database.prepare('select type, name, sql from sqlite_master order by name').all()
  const marks = ['user_version', 'application_id'].map((name) => database.prepare(`pragma ${name}`).get())
  database.close()
  return [...parts.map((part) => ({ ...part, sql: String(part.sql).replace(/\s+/g, ' ') })), ...marks]
}
