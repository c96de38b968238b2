import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Json } from '@ashlar/kernel'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { canonicalManifest } from '../manifest/canonical-manifest.ts'
import type { PluginManifest } from '../manifest/plugin-manifest.ts'
import { reasonOf } from '../run/reason-of.ts'
import { type SignatureInvalid, signatureInvalid } from './discovery-failure.ts'

const prefix = 'ed25519-'

/**
 * Signs a manifest; the signature vouches for all of it, and by its hash for the code.
 *
 * @param manifest - what `plugin.json` holds, with `integrity`; a signature that it has is left out of account
 * @param privateKey - Ed25519, as a key or PEM
 * @returns what belongs into its `signature`
 * @throws `InvalidPluginOptionError` for another key, and for a manifest without `integrity`
 * @example
 * ```ts
 * import { generateKeyPairSync } from 'node:crypto'
 * import { signManifest } from '@ashlar/plugins/build'
 *
 * const { privateKey } = generateKeyPairSync('ed25519')
 * const manifest = { id: 'demo', version: '1.0.0', engine: '*', api: 'demo/1', entry: 'plugin.cjs', integrity: `sha256-${'A'.repeat(43)}` }
 * const signed = { ...manifest, signature: signManifest(manifest, privateKey) }
 * console.log(signed.signature.startsWith('ed25519-')) // true
 * ```
 */
export function signManifest(manifest: Json, privateKey: KeyObject | string): string {
  if (!hasIntegrity(manifest))
    throw new InvalidPluginOptionError('a manifest that is signed must have "integrity", found none')
  const key = ed25519('the key that signs', () =>
    typeof privateKey === 'string' ? createPrivateKey(privateKey) : privateKey,
  )
  if (key.type !== 'private')
    throw new InvalidPluginOptionError(`the key that signs must be private, found a ${key.type} one`)
  return `${prefix}${sign(null, Buffer.from(canonicalManifest(manifest)), key).toString('base64')}`
}

/** The public keys of those who are trusted. */
export function trustedKeys(keys: readonly (KeyObject | string)[]): readonly KeyObject[] {
  return keys.map((key, at) =>
    ed25519(`trust[${at}]`, () =>
      typeof key === 'string' || key.type === 'private' ? createPublicKey(key) : key,
    ),
  )
}

/** Looks whether somebody trusted has signed; undefined when so, or when there is no signature and need be none. */
export function signatureFailure(
  { id, signature, integrity }: PluginManifest,
  json: Json,
  keys: readonly KeyObject[],
  isRequired: boolean,
): SignatureInvalid | undefined {
  if (signature === undefined) return isRequired ? signatureInvalid(id, 'it has no signature') : undefined
  if (integrity === undefined)
    return signatureInvalid(id, 'without "integrity" its signature says nothing of its code')
  if (keys.length === 0) return signatureInvalid(id, 'it has a signature, but no key is trusted')
  const signed = Buffer.from(canonicalManifest(json))
  const bytes = Buffer.from(signature.slice(prefix.length), 'base64')
  if (keys.some((key) => verify(null, signed, key, bytes))) return undefined
  return signatureInvalid(id, 'no trusted key has signed it as it is')
}

function ed25519(what: string, read: () => KeyObject): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch (thrown) {
    throw new InvalidPluginOptionError(`${what} must be an Ed25519 key, found none: ${reasonOf(thrown)}`)
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  const found = key.asymmetricKeyType ?? `a ${key.type} key`
  throw new InvalidPluginOptionError(`${what} must be an Ed25519 key, found ${found}`)
}

function hasIntegrity(manifest: Json): boolean {
  return typeof manifest === 'object' && manifest !== null && Object.hasOwn(manifest, 'integrity')
}
