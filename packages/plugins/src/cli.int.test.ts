import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url))
const source = 'export default { activate(): void {} }'
const manifest = { id: 'quiet', version: '1.2.3', engine: '*', api: 'demo/1', entry: 'main.ts' }

function run(...args: readonly string[]) {
  return runWith([], ...args)
}

function runWith(nodeOptions: readonly string[], ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, '--conditions=@ashlar/source', cli, ...args],
    { encoding: 'utf8' },
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
    ['an empty folder', ['check', '']],
    ['two folders', ['check', 'a', 'b']],
    ['an empty place', ['build', '.', '--out', '']],
    ['an option without its value', ['build', '.', '--key']],
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

  it('tells that esbuild is not installed', () => {
    const folder = folderWith()
    const hooks = `import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) { return next(name === 'esbuild' ? 'no-esbuild' : name, context) } })`

    const built = runWith([`--import=data:text/javascript,${encodeURIComponent(hooks)}`], 'build', folder)

    expect(built).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'plugin: EsbuildMissingError: building a plugin needs esbuild: install it beside @ashlar/plugins\n',
    })
  })

  it('refuses a key that can not sign', () => {
    const folder = folderWith()
    const { trust } = keys(folder)

    for (const key of [trust, join(folder, 'main.ts')])
      expect(run('build', folder, '--key', key)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /^plugin: \S+: the key that signs must be an Ed25519 key, found none.*\n$/,
        ),
      })
    expect(existsSync(join(folder, 'dist'))).toBe(false)
  })

  it('is not good with a signature that nobody is trusted for', () => {
    const folder = folderWith()
    run('build', folder, '--key', keys(folder).key)

    expect(run('check', join(folder, 'dist'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no key is trusted'),
    })
  })

  it('tells all that is wrong with the manifest of sources, one line each', () => {
    const folder = folderWith({ ...manifest, version: 'latest', engine: 'any' })

    const built = run('build', folder)

    expect(built).toMatchObject({ status: 1, stdout: '' })
    expect(built.stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${folder}/plugin.json: version: expected `),
      expect.stringContaining(`${folder}/plugin.json: engine: expected `),
    ])
  })

  it('shows paths without what a terminal would obey', () => {
    const folder = join(folderWith(), '\u001b[2J\u202e\n')
    mkdirSync(folder)
    writeFileSync(join(folder, 'plugin.json'), JSON.stringify(manifest))
    writeFileSync(join(folder, 'main.ts'), source)

    const said = [
      run('build', folder),
      run('check', join(folder, 'dist')),
      run('check', folder),
      run('build', `${folder}x`),
    ]

    expect(said.map(({ status }) => status)).toEqual([0, 0, 1, 1])
    for (const { stdout, stderr } of said) {
      expect(stdout + stderr).toContain('\\u001b[2J\\u202e\\n')
      for (const hidden of ['\u001b', '\u202e']) expect(stdout + stderr).not.toContain(hidden)
      expect((stdout + stderr).split('\n')).toHaveLength(2)
    }
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
    expect(shell('> /dev/full', 'build', folderWith())).toBe(1)
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
