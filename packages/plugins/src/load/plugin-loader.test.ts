import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { JsonObject } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import { leastManifest } from '../../test/manifests.ts'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { canonicalManifest } from '../manifest/canonical-manifest.ts'
import { pluginPathUnsafe } from './discovery-failure.ts'
import { objectSource } from './object-source.ts'
import type { PluginCode } from './plugin-code.ts'
import { type Discovery, PluginLoader, type PluginLoaderOptions } from './plugin-loader.ts'
import type { FoundPlugin, PluginSource } from './plugin-source.ts'
import { signManifest } from './signature.ts'

const source = 'exports.default = { activate() {} }'
const integrity = `sha256-${createHash('sha256').update(source).digest('base64')}`
const bundle: PluginCode = { kind: 'bundle', file: '/p/plugin.cjs', source }
const never = () => new Promise<never>(() => {})
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')

function found(manifest: object = {}, code: PluginCode = bundle): FoundPlugin {
  return { origin: '/p', manifest: { ...leastManifest, ...manifest }, read: async () => code }
}

function sourceOf(...plugins: FoundPlugin[]): PluginSource {
  return { name: 'tests', find: async () => plugins }
}

function discover(plugin: FoundPlugin, options: Partial<PluginLoaderOptions> = {}): Promise<Discovery> {
  return new PluginLoader({ sources: [sourceOf(plugin)], ...options }).discover()
}

function signed(manifest: JsonObject, key = privateKey): JsonObject {
  return { ...manifest, signature: signManifest({ ...leastManifest, ...manifest }, key) }
}

describe('PluginLoader', () => {
  it('hands out what is sound, frozen, with the code as its source gave it', async () => {
    const { plugins, refusals } = await discover(found())

    expect(plugins).toMatchObject([{ manifest: { id: 'demo.plugin' }, origin: '/p', code: bundle }])
    expect(refusals).toEqual([])
    expect([plugins, plugins[0], refusals].map(Object.isFrozen)).toEqual([true, true, true])
  })

  it('names the plugin that it refuses, where its manifest tells the id', async () => {
    const telling = await discover(found({ version: 'no' }))
    const silent = await discover(found({ id: 'No' }))
    const trap = await discover({
      origin: '/p',
      manifest: new Proxy({}, { get: fails, ownKeys: fails }),
      read: never,
    })

    expect([telling, silent, trap].map(({ refusals }) => refusals[0]?.plugin)).toEqual([
      'demo.plugin',
      undefined,
      undefined,
    ])
  })

  it('reads no code before the manifest is known to be good', async () => {
    let reads = 0
    const read = async () => {
      reads++
      return bundle
    }

    await discover({ origin: '/p', manifest: { ...leastManifest, id: 'No' }, read })
    await discover(
      { origin: '/p', manifest: leastManifest, read },
      { trust: [publicKey], requireSignature: true },
    )

    expect(reads).toBe(0)
  })

  it('lets a source that fails stop no other', async () => {
    const broken: PluginSource[] = [
      { name: 'throws', find: fails },
      { name: 'rejects', find: () => Promise.reject(null) },
      { name: 'unsafe', find: async () => pluginPathUnsafe('/p', 'symlink') },
    ]

    const { plugins, refusals } = await new PluginLoader({
      sources: [...broken, sourceOf(found())],
    }).discover()

    expect(plugins).toHaveLength(1)
    expect(refusals.map(({ origin, failure }) => [origin, failure.type])).toEqual([
      ['throws', 'PluginUnreadable'],
      ['rejects', 'PluginUnreadable'],
      ['unsafe', 'PluginPathUnsafe'],
    ])
  })

  it('lets a plugin that can’t be read stop no other', async () => {
    const broken: FoundPlugin = {
      origin: '/broken',
      manifest: { ...leastManifest, id: 'broken' },
      read: fails,
    }

    const { plugins, refusals } = await new PluginLoader({ sources: [sourceOf(broken, found())] }).discover()

    expect(plugins).toHaveLength(1)
    expect(refusals).toMatchObject([
      { plugin: 'broken', failure: { type: 'PluginUnreadable', path: '/broken' } },
    ])
  })

  it.each<[string, PluginSource]>([
    ['hangs', { name: 'hangs', find: never }],
    ['throws something of its own', { name: 'throws', find: ({ signal }) => whenAborted(signal) }],
    ['hangs while it reads', sourceOf({ origin: '/p', manifest: leastManifest, read: never })],
  ])('throws the reason of the signal, also when a source %s', async (_, hanging) => {
    const stop = new AbortController()

    const discovering = new PluginLoader({ sources: [hanging] }).discover({ signal: stop.signal })
    stop.abort(new Error('enough'))

    await expect(discovering).rejects.toThrow('enough')
  })

  it('looks at nothing once it is aborted', async () => {
    let finds = 0
    const counting: PluginSource = {
      name: 'counts',
      find: async () => {
        finds++
        return []
      },
    }
    const loader = new PluginLoader({ sources: [counting] })

    await expect(loader.discover({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
    expect(finds).toBe(0)
  })

  it.each<[string, Partial<PluginLoaderOptions>]>([
    ['a key that is none', { trust: ['no key'] }],
    ['a key of another kind', { trust: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey] }],
    ['signatures that nobody can give', { requireSignature: true }],
    ['no bytes', { maxEntryBytes: 0 }],
    ['half a byte', { maxEntryBytes: 0.5 }],
  ])('refuses %s', (_, options) => {
    expect(() => new PluginLoader({ sources: [], ...options })).toThrow(InvalidPluginOptionError)
  })
})

describe('the hash of a plugin', () => {
  it.each([integrity, integrity.replace('=', '')])('lets code pass that has it: %s', async (right) => {
    expect((await discover(found({ integrity: right }))).refusals).toEqual([])
  })

  it.each<[string, PluginCode]>([
    ['another bundle', { ...bundle, source: `${source} ` } as PluginCode],
    ['a module, which Node reads again', { kind: 'module', file: '/p/plugin.mjs' }],
  ])('refuses %s', async (_, code) => {
    const { plugins, refusals } = await discover(found({ integrity }, code))

    expect(plugins).toEqual([])
    expect(refusals).toMatchObject([
      { plugin: 'demo.plugin', failure: { type: 'IntegrityMismatch', expected: integrity } },
    ])
  })

  it('refuses an object in memory, for which it can’t vouch', async () => {
    const given = objectSource([{ manifest: { ...leastManifest, integrity }, definition: { activate() {} } }])

    const { refusals } = await new PluginLoader({ sources: [given] }).discover()

    expect(refusals).toMatchObject([{ failure: { type: 'IntegrityMismatch', found: 'an object in memory' } }])
  })
})

describe('the signature of a plugin', () => {
  const reasonOf = ({ refusals: [refusal] }: Discovery) =>
    refusal?.failure.type === 'SignatureInvalid' ? refusal.failure.reason : refusal?.failure.type

  it.each([
    ['a key', publicKey],
    ['PEM', publicKey.export({ type: 'spki', format: 'pem' }) as string],
  ])('lets a plugin pass that somebody trusted has signed, the key given as %s', async (_, key) => {
    const trust = [stranger.publicKey, key]

    expect(
      (await discover(found(signed({ integrity })), { trust, requireSignature: true })).plugins,
    ).toHaveLength(1)
  })

  it('does not depend on the order of fields, nor on the spelling of the signature', async () => {
    const { id, ...rest } = { ...leastManifest, ...signed({ integrity }) }
    const manifest = { ...rest, signature: String(rest.signature).replace(/=+$/, ''), id }

    const { plugins } = await discover(
      { origin: '', manifest, read: async () => bundle },
      { trust: [publicKey] },
    )

    expect(plugins).toHaveLength(1)
  })

  it.each<[string, JsonObject, string]>([
    ['of a stranger', signed({ integrity }, stranger.privateKey), 'no trusted key has signed it as it is'],
    [
      'of another manifest',
      { ...signed({ integrity }), version: '2.0.0' },
      'no trusted key has signed it as it is',
    ],
    [
      'with a field more',
      { ...signed({ integrity }), needs: [{ kind: 'net' }] },
      'no trusted key has signed it as it is',
    ],
    [
      'with no hash',
      { signature: `ed25519-${'A'.repeat(86)}` },
      'without "integrity" its signature says nothing of its code',
    ],
    ['that is missing', { integrity }, 'it has no signature'],
  ])('is refused: one %s', async (_, manifest, reason) => {
    expect(reasonOf(await discover(found(manifest), { trust: [publicKey], requireSignature: true }))).toBe(
      reason,
    )
  })

  it('is refused where nobody is trusted', async () => {
    expect(reasonOf(await discover(found(signed({ integrity }))))).toBe(
      'it has a signature, but no key is trusted',
    )
  })

  it('may be missing unless it is required', async () => {
    expect((await discover(found(), { trust: [publicKey] })).plugins).toHaveLength(1)
  })

  it('does not help code that was changed', async () => {
    const changed = found(signed({ integrity }), { ...bundle, source: 'evil' } as PluginCode)

    expect(reasonOf(await discover(changed, { trust: [publicKey] }))).toBe('IntegrityMismatch')
  })

  it('is not asked of what the host has in memory', async () => {
    const { entry: _, ...manifest } = leastManifest
    const sources = [objectSource([{ manifest, definition: { activate() {} } }])]

    const { plugins } = await new PluginLoader({
      sources,
      trust: [publicKey],
      requireSignature: true,
    }).discover()

    expect(plugins).toMatchObject([
      { origin: 'memory[0]', code: { kind: 'object' }, manifest: { entry: '' } },
    ])
  })

  it('is that of Ed25519 over the canonical manifest, so that others can make it', async () => {
    const manifest = { ...leastManifest, integrity }
    const bytes = sign(null, Buffer.from(canonicalManifest(manifest)), privateKey)

    expect(signManifest(manifest, privateKey)).toBe(`ed25519-${bytes.toString('base64')}`)
    expect(signManifest(manifest, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)).toBe(
      signManifest({ ...manifest, signature: 'of before' }, privateKey),
    )
  })

  it.each<[string, () => string]>([
    ['without a hash', () => signManifest(leastManifest, privateKey)],
    ['with a public key', () => signManifest({ integrity }, publicKey)],
    ['with another kind of key', () => signManifest({ integrity }, generateKeyPairSync('x25519').privateKey)],
    ['with what is no key', () => signManifest({ integrity }, 'no key')],
  ])('is not made %s', (_, make) => {
    expect(make).toThrow(InvalidPluginOptionError)
  })
})

function fails(): never {
  throw new Error('trap')
}

function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('something else')))
  })
}
