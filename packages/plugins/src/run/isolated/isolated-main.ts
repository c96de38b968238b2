import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'

/** The main module of a plugin's own thread or process, wherever this package lies. */
export const isolatedMain: string = createRequire(import.meta.url).resolve('#isolated')

/** All that it imports. */
const isolatedFolder = `${dirname(isolatedMain)}${sep}`

/** What Node is told, so that it closes what it can. */
export function permissionFlags(terms: {
  readonly readPaths: readonly string[]
  readonly writePaths: readonly string[]
  readonly network: boolean
}): readonly string[] {
  const hasNetworkFlag = process.allowedNodeEnvironmentFlags.has('--allow-net')
  return [
    '--permission',
    `--allow-fs-read=${isolatedFolder}`,
    ...terms.readPaths.map((path) => `--allow-fs-read=${path}`),
    ...terms.writePaths.map((path) => `--allow-fs-write=${path}`),
    ...(terms.network && hasNetworkFlag ? ['--allow-net'] : []),
    '--no-experimental-sqlite',
    '--no-warnings',
  ]
}
