import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

describe('a process that only follows flags', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ashlar-flags-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('ends by itself, though it has closed nothing', async () => {
    const path = join(folder, 'flags.json')
    writeFileSync(path, '{"version":1,"flags":{}}')
    const script = fileURLToPath(new URL('../../test/follow-and-leave.ts', import.meta.url))
    const parameters = ['--conditions=@ashlar/source', script, path, 'http://127.0.0.1:1/flags.json']

    const { stdout } = await promisify(execFile)(process.execPath, parameters)

    expect(stdout.trim().split('\n')).toEqual(['ready', 'stale'])
  })
})
