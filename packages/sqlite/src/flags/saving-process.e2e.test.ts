import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { script, temporaryFolder } from '../../test/temporary.ts'
import { SqliteFlagSource } from './sqlite-flag-source.ts'

describe('another process that saves flag documents', () => {
  const folder = temporaryFolder()

  it('wakes who watches here until the last of them is seen', async () => {
    await using source = await SqliteFlagSource.open({ path: join(folder(), 'a.db'), pollMs: 5 })
    const seen: unknown[] = []

    const saving = run('save-flags.ts', [join(folder(), 'a.db'), '20'])
    for await (const _ of source.watch({ signal: new AbortController().signal })) {
      const loaded = await source.load().catch(() => 'unchanged' as const)
      if (loaded !== 'unchanged') seen.push((loaded.document as { revision: string }).revision)
      if (seen.at(-1) === '20') break
    }

    expect((await saving).stdout.trim().split('\n')).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 1}`))
    expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)))
  })

  it('loses no save to others that save at the same time', async () => {
    const path = join(folder(), 'a.db')
    await using source = await SqliteFlagSource.open({ path })

    const told = await Promise.all([1, 2, 3].map(() => run('save-flags.ts', [path, '10'])))

    const revisions = told.flatMap(({ stdout }) => stdout.trim().split('\n').map(Number))
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(await source.load()).toMatchObject({ document: { revision: '30' } })
  })
})

describe('a process that only watches a flag document', () => {
  const folder = temporaryFolder()

  it('ends by itself, though it has closed nothing', async () => {
    const { stdout } = await run('watch-flags.ts', [join(folder(), 'a.db')])

    expect(stdout).toBe('watching\n')
  })
})

function run(name: string, parameters: readonly string[]) {
  const [file, all] = script(name, parameters)
  return promisify(execFile)(file, all)
}
