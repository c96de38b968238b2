import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PluginFolders } from '../../test/plugin-folders.ts'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { type DirectorySourceOptions, directorySource } from './directory-source.ts'
import type { DiscoveryFailure } from './discovery-failure.ts'
import { packageSource } from './package-source.ts'
import { type Discovery, PluginLoader } from './plugin-loader.ts'

const discover = (path: string, options?: DirectorySourceOptions): Promise<Discovery> =>
  new PluginLoader({ sources: [directorySource(path, options)] }).discover()

async function refused(path: string): Promise<DiscoveryFailure> {
  const { plugins, refusals } = await discover(path)
  expect([plugins.length, refusals.length]).toEqual([0, 1])
  return refusals[0]?.failure as DiscoveryFailure
}

describe('directorySource', () => {
  it('finds the plugins of all subfolders that have a plugin.json, by name', async () => {
    using folders = new PluginFolders()
    folders.plugin('zebra')
    folders.plugin('Ant', { id: 'ant', entry: 'dist/ant.cjs' }, '// ant ✓')
    folders.write('empty/README.md', 'no plugin')
    folders.write('plugin.json', '{}')

    const { plugins, refusals } = await discover(folders.path)

    expect(plugins.map(({ manifest, origin }) => [manifest.id, origin])).toEqual([
      ['ant', join(folders.path, 'Ant')],
      ['zebra', join(folders.path, 'zebra')],
    ])
    expect(plugins[0]?.code).toEqual({
      kind: 'bundle',
      file: join(folders.path, 'Ant', 'dist', 'ant.cjs'),
      source: '// ant ✓',
    })
    expect(refusals).toEqual([])
  })

  it('hands on a module by its path, and runs none of it', async () => {
    using folders = new PluginFolders()
    const folder = folders.plugin('module', { entry: 'plugin.mjs' }, 'process.exit(1)')

    const { plugins } = await discover(folders.path)

    expect(plugins[0]?.code).toEqual({ kind: 'module', file: join(folder, 'plugin.mjs') })
  })

  it('finds more than it looks at in one go', async () => {
    using folders = new PluginFolders()
    for (let at = 0; at < 60; at++) folders.plugin(`p${at + 100}`)

    const { plugins } = await discover(folders.path)

    expect(plugins.map(({ manifest }) => manifest.id)).toEqual(
      Array.from({ length: 60 }, (_, at) => `p${at + 100}`),
    )
  })

  it('takes a directory that the host has named over a link, and a manifest with a byte order mark', async () => {
    using folders = new PluginFolders()
    using elsewhere = new PluginFolders()
    folders.plugin('good')
    folders.write(
      'good/plugin.json',
      `\uFEFF${'{"id":"good","version":"1.0.0","engine":"*","api":"a","entry":"plugin.cjs"}'}`,
    )
    const link = join(elsewhere.path, 'link')
    symlinkSync(folders.path, link)

    const { plugins } = await discover(link)

    expect(plugins.map(({ origin }) => origin)).toEqual([join(folders.path, 'good')])
  })

  it.each<[string, (folders: PluginFolders) => void, Partial<DiscoveryFailure>]>([
    [
      'a subfolder that is a link',
      ({ path }) => symlinkSync('/', join(path, 'bad')),
      { type: 'PluginPathUnsafe', danger: 'symlink' },
    ],
    [
      'a subfolder that is a link to nowhere',
      ({ path }) => symlinkSync('nowhere', join(path, 'bad')),
      { type: 'PluginPathUnsafe', danger: 'symlink' },
    ],
    [
      'a manifest that is a link',
      (folders) => {
        folders.plugin('.store')
        renameSync(join(folders.path, '.store'), join(folders.path, 'bad'))
        renameSync(join(folders.path, 'bad', 'plugin.json'), join(folders.path, 'bad', 'real.json'))
        symlinkSync('real.json', join(folders.path, 'bad', 'plugin.json'))
      },
      { type: 'PluginPathUnsafe', danger: 'symlink' },
    ],
    [
      'a manifest that is a link to nowhere',
      (folders) => {
        folders.write('bad/plugin.cjs', '')
        symlinkSync('nowhere', join(folders.path, 'bad', 'plugin.json'))
      },
      { type: 'PluginPathUnsafe', danger: 'symlink' },
    ],
    [
      'an entry that is a link, even to a file beside it',
      (folders) => {
        const folder = folders.plugin('bad', { entry: 'link.cjs' })
        renameSync(join(folder, 'link.cjs'), join(folder, 'plugin.cjs'))
        symlinkSync('plugin.cjs', join(folder, 'link.cjs'))
      },
      { type: 'PluginPathUnsafe', danger: 'symlink' },
    ],
    [
      'an entry below a link that leads out',
      (folders) => {
        const folder = folders.plugin('bad', { entry: 'dist/plugin.cjs' })
        folders.write('evil.cjs', '')
        rmSync(join(folder, 'dist'), { recursive: true })
        symlinkSync('..', join(folder, 'dist'))
        folders.write('plugin.cjs', 'evil')
      },
      { type: 'PluginPathUnsafe', danger: 'symlink' },
    ],
    [
      'a manifest that is a folder',
      ({ path }) => mkdirSync(join(path, 'bad', 'plugin.json'), { recursive: true, mode: 0o755 }),
      { type: 'PluginPathUnsafe', danger: 'not-a-file' },
    ],
    [
      'an entry that is a folder',
      (folders) => {
        rmSync(join(folders.plugin('bad', { entry: 'x.cjs' }), 'x.cjs'))
        folders.write('bad/x.cjs/index.js', '')
      },
      { type: 'PluginPathUnsafe', danger: 'not-a-file' },
    ],
    [
      'an entry that is a pipe, without waiting for a writer',
      (folders) => {
        rmSync(join(folders.plugin('bad'), 'plugin.cjs'))
        execFileSync('mkfifo', ['-m', '644', join(folders.path, 'bad', 'plugin.cjs')])
      },
      { type: 'PluginPathUnsafe', danger: 'not-a-file' },
    ],
    [
      'an entry that is a device',
      (folders) => {
        rmSync(join(folders.plugin('bad'), 'plugin.cjs'))
        symlinkSync('/dev/zero', join(folders.path, 'bad', 'plugin.cjs'))
      },
      { type: 'PluginPathUnsafe', danger: 'symlink' },
    ],
    [
      'a manifest that everybody can write',
      (folders) => chmodSync(join(folders.plugin('bad'), 'plugin.json'), 0o666),
      { type: 'PluginPathUnsafe', danger: 'world-writable' },
    ],
    [
      'an entry that everybody can write',
      (folders) => chmodSync(join(folders.plugin('bad'), 'plugin.cjs'), 0o646),
      { type: 'PluginPathUnsafe', danger: 'world-writable' },
    ],
    [
      'a folder that everybody can write',
      (folders) => chmodSync(folders.plugin('bad'), 0o777),
      { type: 'PluginPathUnsafe', danger: 'world-writable' },
    ],
    [
      'a folder on the way that everybody can write',
      (folders) => chmodSync(join(folders.plugin('bad', { entry: 'dist/x.cjs' }), 'dist'), 0o1777),
      { type: 'PluginPathUnsafe', danger: 'world-writable' },
    ],
    [
      'a directory that everybody can write, whatever is in it',
      (folders) => {
        folders.plugin('good')
        chmodSync(folders.path, 0o1777)
      },
      { type: 'PluginPathUnsafe', danger: 'world-writable' },
    ],
    [
      'a manifest that is too large',
      (folders) => void folders.write('bad/plugin.json', ' '.repeat(65_537)),
      { type: 'PluginPathUnsafe', danger: 'too-large' },
    ],
    [
      'an entry that is too large',
      (folders) => void folders.plugin('bad', {}, ' '.repeat(10_485_761)),
      { type: 'PluginPathUnsafe', danger: 'too-large' },
    ],
    [
      'an entry that is not there',
      (folders) => rmSync(join(folders.plugin('bad'), 'plugin.cjs')),
      { type: 'PluginUnreadable', reason: 'there is no such file' },
    ],
    [
      'an entry in a folder that is not there',
      (folders) => rmSync(join(folders.plugin('bad', { entry: 'dist/x.cjs' }), 'dist'), { recursive: true }),
      { type: 'PluginUnreadable' },
    ],
    [
      'an entry below a file',
      (folders) => {
        rmSync(join(folders.plugin('bad', { entry: 'dist/x.cjs' }), 'dist'), { recursive: true })
        folders.write('bad/dist', '')
      },
      { type: 'PluginUnreadable', reason: 'it is no folder' },
    ],
    [
      'an entry that is no UTF-8',
      (folders) => {
        folders.plugin('bad')
        folders.write('bad/plugin.cjs', Uint8Array.of(0x61, 0xff))
      },
      { type: 'PluginUnreadable', reason: 'it is no text in UTF-8' },
    ],
    [
      'a manifest that is no UTF-8',
      (folders) => void folders.write('bad/plugin.json', Uint8Array.of(0x22, 0xc3, 0x28, 0x22)),
      { type: 'PluginUnreadable' },
    ],
    [
      'a manifest that is empty',
      (folders) => void folders.write('bad/plugin.json', ''),
      { type: 'ManifestInvalid' },
    ],
    [
      'a manifest that is no JSON',
      (folders) => void folders.write('bad/plugin.json', '{"id": "bad",}'),
      { type: 'ManifestInvalid' },
    ],
    [
      'a manifest that lacks what it must say',
      (folders) => void folders.write('bad/plugin.json', '{"id":"bad"}'),
      { type: 'ManifestInvalid' },
    ],
    [
      'an entry that leads out',
      (folders) => void folders.plugin('bad', { entry: '../evil.cjs' }),
      { type: 'ManifestInvalid' },
    ],
  ])('refuses %s', async (_, make, expected) => {
    using folders = new PluginFolders()
    make(folders)

    const failure = await refused(folders.path)

    expect(failure).toMatchObject(expected)
  })

  it('refuses an entry that is a socket', async () => {
    using folders = new PluginFolders()
    const folder = folders.plugin('bad')
    rmSync(join(folder, 'plugin.cjs'))
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(folder, 'plugin.cjs'), resolve))

    const failure = await refused(folders.path)

    expect(failure).toMatchObject({ type: 'PluginPathUnsafe' })
    await new Promise((resolve) => server.close(resolve))
  })

  it('lets one bad plugin stop no other', async () => {
    using folders = new PluginFolders()
    folders.plugin('a')
    folders.write('b/plugin.json', '[]')
    symlinkSync('a', join(folders.path, 'c'))
    folders.plugin('d')

    const { plugins, refusals } = await discover(folders.path)

    expect(plugins.map(({ manifest }) => manifest.id)).toEqual(['a', 'd'])
    expect(refusals.map(({ origin, failure }) => [origin, failure.type])).toEqual([
      [join(folders.path, 'b'), 'ManifestInvalid'],
      [join(folders.path, 'c'), 'PluginPathUnsafe'],
    ])
  })

  it.each([
    ['is not there', '/no/such/directory'],
    ['is a file', import.meta.filename],
    ['has a name that can’t be', `/${'x'.repeat(5_000)}`],
    ['has a NUL in its name', '/tmp\0/x'],
  ])('refuses a directory that %s', async (_, path) => {
    expect(await refused(path)).toMatchObject({ type: 'PluginUnreadable' })
  })

  it('refuses what may not be read', async () => {
    using folders = new PluginFolders()
    for (const name of ['a', 'b', 'c', 'd']) folders.plugin(name)
    chmodSync(join(folders.path, 'a'), 0o000)
    chmodSync(join(folders.path, 'b', 'plugin.json'), 0o200)
    chmodSync(join(folders.path, 'c', 'plugin.cjs'), 0o200)

    const { plugins, refusals } = await asNobody(() => discover(folders.path), folders.path)

    expect(plugins.map(({ manifest }) => manifest.id)).toEqual(['d'])
    expect(refusals.map(({ failure }) => failure.type)).toEqual(Array(3).fill('PluginUnreadable'))
    chmodSync(join(folders.path, 'a'), 0o700)
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '9'])('refuses the limit %s', (limit) => {
    const maxEntryBytes = limit as number

    expect(() => directorySource('/', { maxEntryBytes })).toThrow(InvalidPluginOptionError)
    expect(() => packageSource([], { from: '/', maxEntryBytes })).toThrow(InvalidPluginOptionError)
    expect(() => new PluginLoader({ sources: [], maxEntryBytes })).toThrow(InvalidPluginOptionError)
  })

  it('takes a larger entry when it is told so, and a smaller one when it is told so', async () => {
    using folders = new PluginFolders()
    folders.plugin('large', {}, ' '.repeat(10_485_761))
    folders.plugin('small', {}, ' '.repeat(10))
    const ids = ({ plugins }: Discovery) => plugins.map(({ manifest }) => manifest.id)
    const sources = [directorySource(folders.path)]

    expect(ids(await discover(folders.path, { maxEntryBytes: 10_485_761 }))).toEqual(['large', 'small'])
    expect(ids(await new PluginLoader({ sources, maxEntryBytes: 10 }).discover())).toEqual(['small'])
    expect(ids(await new PluginLoader({ sources, maxEntryBytes: 9 }).discover())).toEqual([])
  })

  it.each(['dist', 'dist/a.cjs'])(
    'never hands on what lies outside, however quickly %s is swapped',
    async (swapped) => {
      using folders = new PluginFolders()
      using outside = new PluginFolders()
      outside.write('a.cjs', 'secret')
      const folder = folders.plugin('a', { entry: 'dist/a.cjs' }, 'fine')
      const decoy = swapped === 'dist' ? outside.path : join(outside.path, 'a.cjs')
      await using _ = await swapping(join(folder, swapped), decoy)

      const seen = new Set<string>()
      for (let round = 0; round < 500; round++) {
        const { plugins, refusals } = await discover(folders.path)
        for (const { code } of plugins) seen.add(code.kind === 'bundle' ? code.source : code.kind)
        for (const { failure } of refusals) seen.add(failure.type)
      }

      expect(
        [...seen].filter((one) => !['fine', 'PluginPathUnsafe', 'PluginUnreadable'].includes(one)),
      ).toEqual([])
    },
  )

  it('runs on what it has read, whatever becomes of the file', async () => {
    using folders = new PluginFolders()
    const integrity = `sha256-${createHash('sha256').update('\uFEFFfine').digest('base64')}`
    const folder = folders.plugin('a', { integrity }, '\uFEFFfine')

    const { plugins } = await discover(folders.path)
    writeFileSync(join(folder, 'plugin.cjs'), 'evil')
    const later = await discover(folders.path)

    expect(plugins[0]?.code).toMatchObject({ source: '\uFEFFfine' })
    expect(later.refusals).toMatchObject([{ plugin: 'a', failure: { type: 'IntegrityMismatch' } }])
  })

  it('sees what has changed since', async () => {
    using folders = new PluginFolders()
    folders.plugin('a', {}, 'one')
    const loader = new PluginLoader({ sources: [directorySource(folders.path)] })
    const first = await loader.discover()
    writeFileSync(join(folders.path, 'a', 'plugin.cjs'), 'two')
    linkSync(join(folders.path, 'a', 'plugin.cjs'), join(folders.path, 'a', 'other.cjs'))

    const second = await loader.discover()

    expect([first, second].map(({ plugins }) => plugins[0]?.code)).toMatchObject([
      { source: 'one' },
      { source: 'two' },
    ])
  })
})

/** Another process that puts a link in place of a path and takes it away again, without rest. */
async function swapping(path: string, decoy: string): Promise<AsyncDisposable> {
  const script = `
    const { renameSync, symlinkSync, unlinkSync, writeSync } = require('node:fs')
    const [path, decoy] = process.argv.slice(1)
    for (let swaps = 0; ; swaps++) {
      renameSync(path, path + '.kept')
      symlinkSync(decoy, path)
      unlinkSync(path)
      renameSync(path + '.kept', path)
      if (swaps === 0) writeSync(1, 'swapping')
    }`
  const child = spawn(process.execPath, ['-e', script, path, decoy], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Does something without the rights of root, where the tests have them. */
async function asNobody<Value>(work: () => Promise<Value>, path: string): Promise<Value> {
  if (process.getuid?.() !== 0) return work()
  execFileSync('chown', ['-R', '65534', path])
  process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}
