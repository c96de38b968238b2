import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary.ts'
import { SqliteStorage } from '../sqlite-storage.ts'
import { dueSagasOf, nextDueOf } from './write-sagas.ts'

describe('the questions for sagas that are due', () => {
  const folder = temporaryFolder()

  it.each([
    ['which they are', dueSagasOf, ['', 'order@1', 0, 1], 'due_at<?'],
    ['when the next is', nextDueOf, ['', 'order@1'], 'due_at>?'],
  ] as const)(
    '%s: are answered out of the index, without a walk over other definitions and without sorting',
    async (_, sql, parameters, bound) => {
      const path = join(folder(), 'a.db')
      await (await SqliteStorage.open({ path })).close()
      const database = new DatabaseSync(path)

      const plan = database.prepare(`explain query plan ${sql}`).all(...parameters)

      database.close()
      const [search, ...rest] = plan.map((line) => String(line.detail))
      expect(rest).toEqual([])
      expect(search).toContain('INDEX sagas_due (tenant=? AND definition=?')
      expect(search).toContain(bound)
    },
  )
})
