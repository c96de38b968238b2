import { createHash } from 'node:crypto'
import type { PluginManifest } from '../manifest/plugin-manifest.ts'
import { type IntegrityMismatch, integrityMismatch } from './discovery-failure.ts'
import type { PluginCode } from './plugin-code.ts'

/** The hash of a bundle, as manifests have it. */
export function integrityOf(source: string | Uint8Array): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`
}

/**
 * Compares code with the hash of its manifest; undefined when it is right, or the manifest has none.
 *
 * The text of a bundle has the bytes of its file, since it was UTF-8 without exception.
 */
export function integrityFailure(
  { id, integrity }: PluginManifest,
  code: PluginCode,
): IntegrityMismatch | undefined {
  if (integrity === undefined) return undefined
  switch (code.kind) {
    case 'bundle': {
      const found = integrityOf(code.source)
      const isRight = withoutPadding(found) === withoutPadding(integrity)
      return isRight ? undefined : integrityMismatch(id, integrity, found)
    }
    case 'module':
      return integrityMismatch(id, integrity, 'a module, which Node reads again by itself')
    case 'object':
      return integrityMismatch(id, integrity, 'an object in memory')
    default:
      return code satisfies never
  }
}

function withoutPadding(hash: string): string {
  return hash.replace(/=$/, '')
}
