import { frozenJson, type Json } from '@ashlar/kernel'

/**
 * The one spelling of a manifest, over which it is signed: JSON without its signature, without spaces, the keys of all
 * objects sorted by their UTF-16 code units.
 *
 * @param manifest - what `plugin.json` holds
 * @throws InvalidJsonError of `@ashlar/kernel` for what is no JSON
 */
export function canonicalManifest(manifest: Json): string {
  const { signature, ...rest } = frozenJson(manifest) as { readonly [key: string]: Json }
  return canonical(rest)
}

function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const object = value as { readonly [key: string]: Json }
  const entries = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`)
  return `{${entries.join(',')}}`
}
