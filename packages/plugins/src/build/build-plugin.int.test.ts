import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { orThrow } from '@ashlar/result'
import { describe, expect, it, onTestFinished } from 'vitest'
import { greet, managerOf } from '../../test/test-host.ts'
import { directorySource } from '../load/directory-source.ts'
import { PluginLoader } from '../load/plugin-loader.ts'
import { buildPlugin } from './build-plugin.ts'

const manifest = {
  id: 'built',
  version: '1.0.0',
  engine: '^1.0.0',
  api: 'demo/1',
  entry: 'src/main.ts',
  contributes: { 'demo.greet': {} },
}
const main = `import { greeting } from './greeting.ts'
import { createHash } from 'node:crypto'
export default {
  activate(context: { contribute(point: object, run: (name: string) => string): void }): void {
    const mark: string = createHash('sha256').update('x').digest('hex').slice(0, 2)
    context.contribute({ id: 'demo.greet' }, (name) => greeting(name) + mark)
  },
}`
const greeting = "export const greeting = (name: string): string => ['Good day,', name, ''].join(' ')"

/** A folder with files, by their paths. */
async function folderOf(files: { readonly [path: string]: string | object }): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ashlar-build-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

const sources = (more: { readonly [path: string]: string | object } = {}) =>
  folderOf({ 'plugin.json': manifest, 'src/main.ts': main, 'src/greeting.ts': greeting, ...more })

describe('buildPlugin', () => {
  it.each(['trusted', 'process'] as const)('builds what runs at isolation %s', async (isolation) => {
    const folder = await sources()
    const plugins = await folderOf({})

    const built = (await buildPlugin({ folder, outFolder: join(plugins, 'built') }))._unsafeUnwrap()
    await using manager = managerOf([], {
      loader: new PluginLoader({ sources: [directorySource(plugins)] }),
      policy: () => ({ isolation }),
    })
    await orThrow(manager.loadPlugins())

    expect(built.manifest).toMatchObject({
      id: 'built',
      entry: 'plugin.cjs',
      integrity: expect.stringMatching(/^sha256-/),
    })
    expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('Good day, Ada 2d')
  })

  it.each([
    ['what module.exports holds', 'src/main.cjs', 'module.exports = { activate: (context) => ADD("plain") }'],
    [
      'imports that come late',
      'src/main.mjs',
      `export default {
        async activate(context) {
          const { basename } = await import('node:path')
          const { late } = await import('./late.ts')
          ADD(basename('/far/') + late)
        },
      }`,
    ],
    [
      'an installed package',
      'src/main.ts',
      "import word from 'words'\nexport default { activate: (context) => ADD(word) }",
    ],
  ])('builds %s for a process of its own', async (_, entry, text) => {
    const folder = await sources({
      'plugin.json': { ...manifest, entry },
      [entry]: text.replace(/ADD\((.*)\)/, "context.contribute({ id: 'demo.greet' }, (name) => name + ($1))"),
      'src/late.ts': "export const late: string = 'late'",
      'node_modules/words/index.js': "module.exports = 'word'",
    })
    const plugins = await folderOf({})

    ;(await buildPlugin({ folder, outFolder: join(plugins, 'built') }))._unsafeUnwrap()
    await using manager = managerOf([], {
      loader: new PluginLoader({ sources: [directorySource(plugins)] }),
      policy: () => ({ isolation: 'process' }),
    })
    await orThrow(manager.loadPlugins())

    expect((await manager.call(greet, 'Ada '))._unsafeUnwrap()).toMatch(/^Ada (?:plain|farlate|word)$/)
  })

  it('reads a manifest with a byte order mark', async () => {
    const folder = await sources({ 'plugin.json': `\ufeff${JSON.stringify(manifest)}` })

    expect((await buildPlugin({ folder }))._unsafeUnwrap().manifest.id).toBe('built')
  })

  it('makes the same bytes of the same sources', async () => {
    const bytes = []
    for (let count = 0; count < 2; count++) {
      const { folder } = (await buildPlugin({ folder: await sources() }))._unsafeUnwrap()
      bytes.push(
        await readFile(join(folder, 'plugin.cjs'), 'utf8'),
        await readFile(join(folder, 'plugin.json'), 'utf8'),
      )
    }

    expect(bytes.slice(2)).toEqual(bytes.slice(0, 2))
    expect(bytes[0]).not.toContain(tmpdir())
  })

  it('signs, and the loader trusts the key until a byte is changed', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const plugins = await folderOf({})
    const out = join(plugins, 'built')
    ;(await buildPlugin({ folder: await sources(), outFolder: out, privateKey }))._unsafeUnwrap()
    const loader = new PluginLoader({
      sources: [directorySource(plugins)],
      trust: [publicKey],
      requireSignature: true,
    })

    const trusted = await loader.discover()
    const text = await readFile(join(out, 'plugin.json'), 'utf8')
    await writeFile(join(out, 'plugin.json'), text.replace('1.0.0', '1.0.1'))
    const changed = await loader.discover()

    expect(trusted.plugins.map((plugin) => plugin.manifest.id)).toEqual(['built'])
    expect(changed.refusals.map(({ failure }) => failure.type)).toEqual(['SignatureInvalid'])
  })

  it('vouches for its code by the signature', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const plugins = await folderOf({})
    const out = join(plugins, 'built')
    ;(await buildPlugin({ folder: await sources(), outFolder: out, privateKey }))._unsafeUnwrap()
    const code = await readFile(join(out, 'plugin.cjs'), 'utf8')
    await writeFile(join(out, 'plugin.cjs'), code.replace('Good day', 'Good dax'))

    const { refusals } = await new PluginLoader({
      sources: [directorySource(plugins)],
      trust: [publicKey],
    }).discover()

    expect(refusals.map(({ failure }) => failure.type)).toEqual(['IntegrityMismatch'])
  })

  it('refuses a key that is of another kind', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const folder = await sources()

    await expect(buildPlugin({ folder, privateKey })).rejects.toThrow('must be an Ed25519 key')
    await expect(buildPlugin({ folder, privateKey: 'no PEM' })).rejects.toThrow('must be an Ed25519 key')
    expect(await readdir(folder)).not.toContain('dist')
  })

  it.each<[string, { readonly [path: string]: string | object }, object]>([
    ['a manifest that is no JSON', { 'plugin.json': '{' }, { type: 'ManifestInvalid' }],
    [
      'a manifest with an unknown field',
      { 'plugin.json': { ...manifest, extra: 1 } },
      { type: 'ManifestInvalid' },
    ],
    [
      'a manifest that names a prototype',
      { 'plugin.json': JSON.stringify(manifest).replace('{', '{"__proto__":{"entry":"src/main.ts"},') },
      { type: 'ManifestInvalid', findings: [{ path: '__proto__' }] },
    ],
    [
      'a manifest that is huge',
      { 'plugin.json': JSON.stringify(manifest).padEnd(65_537) },
      { type: 'PluginPathUnsafe', danger: 'too-large' },
    ],
    ['a manifest that is a list', { 'plugin.json': '[]' }, { type: 'ManifestInvalid' }],
    [
      'no entry',
      { 'plugin.json': { ...manifest, entry: undefined } },
      { type: 'ManifestInvalid', findings: [{ path: 'entry' }] },
    ],
    ['an entry that is a number', { 'plugin.json': { ...manifest, entry: 7 } }, { type: 'ManifestInvalid' }],
    [
      'an entry that is not there',
      { 'plugin.json': { ...manifest, entry: 'none.ts' } },
      { type: 'PluginUnreadable' },
    ],
    [
      'an entry outside',
      { 'plugin.json': { ...manifest, entry: '../main.ts' } },
      { type: 'PluginPathUnsafe', danger: 'outside' },
    ],
    [
      'an entry that is a folder',
      { 'plugin.json': { ...manifest, entry: 'src' } },
      { type: 'PluginPathUnsafe' },
    ],
    [
      'an entry anywhere',
      { 'plugin.json': { ...manifest, entry: '/etc/passwd' } },
      { type: 'PluginPathUnsafe', danger: 'outside' },
    ],
    [
      'a source with an error',
      { 'src/greeting.ts': 'export const = 1' },
      { type: 'BundleFailed', errors: [expect.stringMatching(/^src\/greeting\.ts:1:/)] },
    ],
    [
      'a source that waits while it is loaded',
      { 'src/greeting.ts': 'export const greeting = await 1' },
      { type: 'BundleFailed', errors: [expect.stringMatching(/^src\/greeting\.ts:1:24: /)] },
    ],
    [
      'an import that is not installed',
      { 'src/greeting.ts': "import 'no-such-package'\nexport const greeting = 1" },
      { type: 'BundleFailed', errors: [expect.stringContaining('no-such-package')] },
    ],
  ])('refuses %s, and writes nothing', async (_, files, failure) => {
    const folder = await sources(files)

    const refused = (await buildPlugin({ folder }))._unsafeUnwrapErr()

    expect(refused).toMatchObject(failure)
    await expect(readFile(join(folder, 'dist', 'plugin.json'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses a folder that is not there or holds no manifest, and an entry that is a link', async () => {
    const folder = await sources()
    await rm(join(folder, 'src', 'main.ts'))
    await symlink(join(folder, 'src', 'greeting.ts'), join(folder, 'src', 'main.ts'))

    expect((await buildPlugin({ folder: join(folder, 'src') }))._unsafeUnwrapErr()).toMatchObject({
      type: 'PluginUnreadable',
      path: join(folder, 'src', 'plugin.json'),
    })
    expect((await buildPlugin({ folder: '/no/such/folder' }))._unsafeUnwrapErr().type).toBe(
      'PluginUnreadable',
    )
    expect((await buildPlugin({ folder }))._unsafeUnwrapErr()).toMatchObject({
      type: 'PluginPathUnsafe',
      danger: 'symlink',
    })
  })

  it.each([
    ['the folder of its manifest', 'src/main.ts', '.'],
    ['a link to that', 'src/main.ts', 'link'],
    ['the folder of a source with the name of the bundle', 'lib/plugin.cjs', 'lib'],
  ])('never takes the place of its own sources: %s', async (_, entry, out) => {
    const folder = await sources({
      'plugin.json': { ...manifest, entry },
      'lib/plugin.cjs': 'module.exports = 1',
    })
    await symlink(folder, join(folder, 'link'))

    const refused = await buildPlugin({ folder, outFolder: join(folder, out) })

    expect(refused._unsafeUnwrapErr()).toMatchObject({
      type: 'PluginUnwritable',
      reason: "it is one of the plugin's own sources",
    })
    expect(JSON.parse(await readFile(join(folder, 'plugin.json'), 'utf8')).entry).toBe(entry)
    expect(await readFile(join(folder, 'lib/plugin.cjs'), 'utf8')).toBe('module.exports = 1')
  })

  it('tells when it can not write, and leaves nothing half done', async () => {
    const folder = await sources({ dist: 'a file', 'taken/plugin.cjs/of': 'somebody else' })

    const noFolder = await buildPlugin({ folder })
    const taken = await buildPlugin({ folder, outFolder: join(folder, 'taken') })

    expect(noFolder._unsafeUnwrapErr()).toMatchObject({
      type: 'PluginUnwritable',
      path: join(folder, 'dist'),
    })
    expect(taken._unsafeUnwrapErr()).toMatchObject({ type: 'PluginUnwritable', path: join(folder, 'taken') })
    expect(await readdir(join(folder, 'taken'))).toEqual(['plugin.cjs'])
  })

  it('can be asked twice at the same time', async () => {
    const folder = await sources()

    const built = await Promise.all([1, 2, 3].map(() => buildPlugin({ folder })))

    expect(built.map((each) => each.isOk())).toEqual([true, true, true])
    expect((await readdir(join(folder, 'dist'))).sort()).toEqual(['plugin.cjs', 'plugin.json'])
  })

  it('gives up with the signal, and writes nothing', async () => {
    const folder = await sources()
    const stop = new AbortController()

    const building = buildPlugin({ folder, signal: stop.signal })
    stop.abort(new Error('enough'))

    await expect(building).rejects.toThrow('enough')
    await expect(readFile(join(folder, 'dist', 'plugin.json'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('heeds conditions of packages', async () => {
    const folder = await sources({
      'src/greeting.ts': "export { greeting } from 'two-faced'",
      'node_modules/two-faced/package.json': {
        name: 'two-faced',
        exports: { special: './special.js', default: './plain.js' },
      },
      'node_modules/two-faced/special.js': "exports.greeting = () => 'special'",
      'node_modules/two-faced/plain.js': "exports.greeting = () => 'plain'",
    })
    const textWith = async (conditions: readonly string[]) => {
      const built = (await buildPlugin({ folder, conditions }))._unsafeUnwrap()
      return readFile(join(built.folder, 'plugin.cjs'), 'utf8')
    }

    expect(await textWith([])).toContain("'plain'".replaceAll("'", '"'))
    expect(await textWith(['special'])).toContain('"special"')
  })

  it('is read by others, whatever the rights of new files are', async () => {
    const folder = await sources()
    const before = process.umask(0o000)
    onTestFinished(() => void process.umask(before))

    const built = (await buildPlugin({ folder }))._unsafeUnwrap()
    const loader = new PluginLoader({ sources: [directorySource(folder)] })
    const { plugins } = await loader.discover()

    expect(built.folder).toBe(join(folder, 'dist'))
    expect(plugins.map((plugin) => plugin.manifest.id)).toEqual(['built'])
  })
})
