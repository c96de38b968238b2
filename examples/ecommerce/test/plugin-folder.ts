import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPlugin } from '@ashlar/plugins/build'
import { FailureError } from '@ashlar/result'

/** A new folder of plugins within a folder. */
export function newPluginFolder(within: string): string {
  const folder = join(within, 'plugins')
  mkdirSync(folder, { mode: 0o755 })
  return folder
}

/** Builds plugins into a folder; named as they lie beside this file. */
export async function putPlugins(folder: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const source = fileURLToPath(new URL(name, import.meta.url))
    const outFolder = join(folder, name.slice(name.lastIndexOf('/') + 1))
    const built = await buildPlugin({ folder: source, outFolder, conditions: ['@ashlar/source'] })
    if (built.isErr()) throw new FailureError(built.error)
  }
}

export const payByPoints = '../plugins/pay-by-points'
