import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PluginFolders } from '../../test/plugin-folders.ts'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { packageSource } from './package-source.ts'
import { type Discovery, PluginLoader } from './plugin-loader.ts'

const discover = (names: string[], from: string): Promise<Discovery> =>
  new PluginLoader({ sources: [packageSource(names, { from })] }).discover()

describe('packageSource', () => {
  it('finds packages in the nearest node_modules upwards, in the order of their names in the list', async () => {
    using folders = new PluginFolders()
    folders.plugin('node_modules/one', { id: 'far-one' })
    folders.plugin('node_modules/@demo/two', { id: 'two' })
    folders.plugin('app/node_modules/one', { id: 'near-one' })
    const from = join(folders.path, 'app', 'src')

    const { plugins } = await discover(['one', '@demo/two'], from)

    expect(plugins.map(({ manifest, origin }) => [manifest.id, origin])).toEqual([
      ['near-one', 'one'],
      ['two', '@demo/two'],
    ])
  })

  it('runs nothing of a package, and reads no package.json', async () => {
    using folders = new PluginFolders()
    folders.plugin('node_modules/one', { id: 'one' }, 'process.exit(1)')
    folders.write('node_modules/one/package.json', '{"main":"boom.js","exports":{')
    folders.write('node_modules/one/boom.js', 'process.exit(1)')

    const { plugins } = await discover(['one'], folders.path)

    expect(plugins).toHaveLength(1)
  })

  it('follows the link that a package manager puts there, but none in the package', async () => {
    using folders = new PluginFolders()
    const good = folders.plugin('store/good', { id: 'good' })
    const bad = folders.plugin('store/bad', { id: 'bad' })
    rmSync(join(bad, 'plugin.cjs'))
    symlinkSync(join(good, 'plugin.cjs'), join(bad, 'plugin.cjs'))
    mkdirSync(join(folders.path, 'node_modules'))
    for (const name of ['good', 'bad'])
      symlinkSync(`../store/${name}`, join(folders.path, 'node_modules', name))

    const { plugins, refusals } = await discover(['good', 'bad'], folders.path)

    expect(plugins.map(({ code }) => code)).toMatchObject([{ file: join(good, 'plugin.cjs') }])
    expect(refusals).toMatchObject([
      { plugin: 'bad', origin: 'bad', failure: { type: 'PluginPathUnsafe', danger: 'symlink' } },
    ])
  })

  it('refuses a package that is not there, and one without a manifest', async () => {
    using folders = new PluginFolders()
    folders.write('node_modules/bare/package.json', '{}')
    folders.write('node_modules/file', '')

    const { refusals } = await discover(['none', 'bare', 'file'], folders.path)

    expect(refusals.map(({ origin, failure }) => [origin, failure.type])).toEqual([
      ['none', 'PluginUnreadable'],
      ['bare', 'PluginUnreadable'],
      ['file', 'PluginUnreadable'],
    ])
  })

  it.each([
    '..',
    '../evil',
    '.',
    '',
    '/etc',
    'a/b',
    '@a',
    '@a/../b',
    'A',
    'a\\b',
    'a\0',
    'node_modules/a',
    7,
  ])('refuses the name %j', (name) => {
    expect(() => packageSource([name as string], { from: '/' })).toThrow(InvalidPluginOptionError)
  })
})
