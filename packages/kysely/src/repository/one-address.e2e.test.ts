import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CompiledQuery, Kysely } from 'kysely'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { accountTables, dialectAt } from '../../test/databases.ts'
import type { Dialect } from '../dialect.ts'

const each = 25
const script = fileURLToPath(new URL('../../test/add-one-address.ts', import.meta.url))

describe.each(['sqlite', 'postgres'] as const)('one e-mail address on %s', (dialect) => {
  it(`goes to one of ${2 * each} in two processes, and the others are told so`, async () => {
    const { place, table } = await emptyTable(dialect)
    const processes = [1, 2].map(() => rivalsIn(dialect, place, table))
    await Promise.all(processes.map(({ ready }) => ready))

    const answers = (await Promise.all(processes.map(({ go }) => go()))).flat()

    expect(answers.toSorted()).toEqual([...Array(2 * each - 1).fill('EmailTaken'), 'Ok'])
  })
})

async function emptyTable(dialect: Dialect): Promise<{ readonly place: string; readonly table: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-kysely-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const place = dialect === 'sqlite' ? join(folder, 'test.db') : inject('postgres').C
  const table = `rivals_${process.pid}`
  await using kysely = new Kysely<unknown>({ dialect: dialectAt(dialect, place) })
  for (const statement of accountTables(table, dialect))
    await kysely.executeQuery(CompiledQuery.raw(statement))
  return { place, table }
}

function rivalsIn(
  dialect: Dialect,
  place: string,
  table: string,
): { readonly ready: Promise<unknown>; go(): Promise<string[]> } {
  const parameters = ['--conditions=@ashlar/source', script, dialect, place, table, String(each)]
  const child = spawn(process.execPath, parameters, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  return {
    ready: once(lines, 'line'),
    async go() {
      const answer = once(lines, 'line')
      child.stdin.write('go\n')
      return String((await answer)[0]).split(',')
    },
  }
}
