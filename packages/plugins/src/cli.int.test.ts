import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url))
const source = 'export default { activate(): void {} }'
const manifest = { id: 'quiet', version: '1.2.3', engine: '*', api: 'demo/1', entry: 'main.ts' }

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@ashlar/source', cli, ...args],
    {
      encoding: 'utf8',
    },
  )
  return { status, stdout, stderr }
}

/** What a shell makes of the command, with redirections. */
function shell(redirections: string, ...args: string[]): number | null {
  const command = ['"$0"', '--conditions=@ashlar/source', '"$@"', redirections].join(' ')
  return spawnSync('sh', ['-c', command, process.execPath, cli, ...args]).status
}

function folderWith(json: unknown = manifest): string {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'plugin.json'), typeof json === 'string' ? json : JSON.stringify(json))
  writeFileSync(join(folder, 'main.ts'), source)
  return folder
}

function keys(folder: string): { readonly key: string; readonly trust: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const [key, trust] = [join(folder, 'key.pem'), join(folder, 'trust.pem')]
  writeFileSync(key, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  writeFileSync(trust, publicKey.export({ format: 'pem', type: 'spki' }))
  return { key, trust }
}

describe('plugin', () => {
  it('builds a plugin, and finds it good', () => {
    const folder = folderWith()

    const built = run('build', folder)
    const checked = run('check', join(folder, 'dist'))

    expect(built).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^quiet 1\.2\.3: \d+ bytes in /),
    })
    expect(checked).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('is valid: quiet 1.2.3, hash, no signature'),
    })
  })

  it('signs with a key, and trusts it and no other', () => {
    const folder = folderWith()
    const { key, trust } = keys(folder)
    const stranger = keys(folderWith()).trust

    expect(run('build', folder, '--key', key, '--out', join(folder, 'out')).status).toBe(0)

    expect(run('check', join(folder, 'out'), '--trust', trust)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('hash, signed'),
    })
    expect(run('check', join(folder, 'out'), '--trust', stranger, '--trust', trust).status).toBe(0)
    expect(run('check', join(folder, 'out'), '--trust', stranger)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no trusted key'),
    })
  })

  it('tells what is wrong with a plugin, one line each, without what a terminal would obey', () => {
    const folder = folderWith({ ...manifest, version: 'latest', id: 'Quiet\u001b[2J' })

    const checked = run('check', folder)

    expect(checked.status).toBe(1)
    expect(
      checked.stderr.split('\n').filter((line) => line.includes('plugin.json: ')).length,
    ).toBeGreaterThan(1)
    expect(checked.stderr).not.toContain('\u001b')
  })

  it('finds code that was changed after it was built', () => {
    const folder = folderWith()
    run('build', folder)
    const file = join(folder, 'dist', 'plugin.cjs')
    writeFileSync(file, `${readFileSync(file, 'utf8')} `)

    expect(run('check', join(folder, 'dist'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('must have the hash'),
    })
  })

  it('tells each place where sources are wrong', () => {
    const folder = folderWith()
    writeFileSync(join(folder, 'main.ts'), "import 'no-such-package'\nimport 'nor-this'\n")

    const built = run('build', folder)

    expect(built.status).toBe(1)
    expect(built.stderr).toContain('main.ts:1:')
    expect(built.stderr).toContain('main.ts:2:')
  })

  it.each([
    ['no command', []],
    ['another command', ['run', '.']],
    ['no folder', ['build']],
    ['two folders', ['check', 'a', 'b']],
    ['an unknown option', ['build', '.', '--fast']],
    ['an option of the other command', ['check', '.', '--out', 'x']],
    ['an option of the other command, too', ['build', '.', '--trust', 'x']],
  ])('refuses %s, and says how it is called', (_, args) => {
    expect(run(...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: plugin build FOLDER'),
    })
  })

  it.each([
    ['a folder that is not there', ['check', '/no/such/folder']],
    ['a folder without a plugin', ['check', tmpdir()]],
    ['sources that are not there', ['build', '/no/such/folder']],
    ['a key that is not there', ['build', '/no/such/folder', '--key', '/no/such/key']],
  ])('fails with %s', (_, args) => {
    const { status, stderr } = run(...args)

    expect(status).toBe(1)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it('refuses a trusted key that is none', () => {
    const folder = folderWith()

    expect(run('check', folder, '--trust', join(folder, 'main.ts'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('must be an Ed25519 key'),
    })
  })

  it('shows help and version', () => {
    expect(run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: plugin build FOLDER'),
    })
    expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('fails when its output can not be written, and keeps its status where its complaints can not be', () => {
    expect(shell('> /dev/full', '--help')).toBe(1)
    expect(shell('2> /dev/full', 'run', '.')).toBe(2)
  })

  it('does not mind a reader that has seen enough', () => {
    expect(
      spawnSync('sh', [
        '-c',
        `"$0" --conditions=@ashlar/source "$1" --help | head -c 1`,
        process.execPath,
        cli,
      ]).status,
    ).toBe(0)
  })
})
