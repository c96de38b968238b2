import { isAbsolute, normalize, relative, sep } from 'node:path'
import type { Capability } from '../manifest/plugin-manifest.ts'

/**
 * What a plugin may do of what it asks for: all of it, or nothing.
 *
 * @param grants - what the policy grants
 * @param services - what the host has
 * @returns the capability, its paths normalised, or undefined where any part is not granted
 */
export function grantedCapability(
  wanted: Capability,
  grants: readonly Capability[],
  services: ReadonlySet<string>,
): Capability | undefined {
  switch (wanted.kind) {
    case 'service':
      return services.has(wanted.id) && grants.some((grant) => isService(grant, wanted.id))
        ? wanted
        : undefined
    case 'fs.read':
    case 'fs.write': {
      const { kind } = wanted
      const granted = grants.flatMap((grant) => (grant.kind === kind ? grant.paths : []))
      const paths = wanted.paths.map(plainPath)
      if (!paths.every((path) => granted.some((folder) => isInside(path, folder)))) return undefined
      return Object.freeze({ kind, paths: Object.freeze(paths) })
    }
    case 'env': {
      const granted = new Set(grants.flatMap((grant) => (grant.kind === 'env' ? grant.names : [])))
      return wanted.names.every((name) => granted.has(name)) ? wanted : undefined
    }
    case 'net':
      return grants.some(({ kind }) => kind === 'net') ? wanted : undefined
    default:
      return wanted satisfies never
  }
}

function isService(grant: Capability, id: string): boolean {
  return grant.kind === 'service' && grant.id === id
}

/** A path without `.`, `..` and a separator at its end. */
function plainPath(path: string): string {
  const plain = normalize(path)
  return plain.length > 1 && plain.endsWith(sep) && !/^[A-Za-z]:.$/.test(plain) ? plain.slice(0, -1) : plain
}

/** Whether a path is a folder, or lies in it; a relative folder holds nothing. */
function isInside(path: string, folder: string): boolean {
  if (!isAbsolute(path) || !isAbsolute(folder)) return false
  const way = relative(plainPath(folder), path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
