import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach } from 'vitest'

/** A folder that is made before each test and removed after it. */
export function temporaryFolder(): () => string {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ashlar-sqlite-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  return () => folder
}

/** What runs a script of this folder in a process of its own. */
export function script(name: string, parameters: readonly string[]): [file: string, parameters: string[]] {
  const path = fileURLToPath(new URL(name, import.meta.url))
  return [process.execPath, ['--conditions=@ashlar/source', path, ...parameters]]
}
