import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, inject, it, onTestFinished } from 'vitest'
import { accountTables } from '../../test/databases.ts'

const worker = fileURLToPath(new URL('../../test/register-rivals.ts', import.meta.url))
const processes = 4
const each = 25
const table = `rivals_${process.pid}`

const places = {
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'ashlar-rivals-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const place = join(folder, 'rivals.db')
    const database = new DatabaseSync(place)
    for (const sql of accountTables(table, 'sqlite')) database.exec(sql)
    database.close()
    return place
  },
  async postgres() {
    const place = inject('postgres').C
    const client = new pg.Client({ connectionString: place })
    await client.connect()
    for (const sql of accountTables(table, 'postgres')) await client.query(sql)
    await client.end()
    return place
  },
}

it.each(Object.entries(places))(
  'one of 100 in 4 processes has the address, and all others are told, on %s',
  async (_, prepare) => {
    const place = await prepare()
    const rivals = Array.from({ length: processes }, () => startRival(place))
    await Promise.all(rivals.map((rival) => rival.isReady))

    const said = await Promise.all(rivals.map((rival) => rival.go()))

    const answers = said.flatMap((lines) => lines.split('\n').filter((line) => line !== ''))
    const others = Array.from({ length: processes * each - 1 }, () => 'EmailTaken')
    expect(answers.sort()).toEqual([...others, 'ok'])
  },
)

function startRival(place: string): { readonly isReady: Promise<unknown>; go(): Promise<string> } {
  const parameters = ['--conditions=@ashlar/source', worker, place, table, 'one@example.org', String(each)]
  const child = spawn(process.execPath, parameters, { stdio: ['pipe', 'pipe', 'inherit'] })
  return { isReady: once(child.stdout, 'data'), go: () => answersOf(child) }
}

async function answersOf(child: ChildProcess): Promise<string> {
  let said = ''
  child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  child.stdin?.write('go\n')
  await once(child, 'close')
  return said
}
