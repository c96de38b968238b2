import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { err, ok, type Result } from '@ashlar/result'
import { reasonOf } from '../run/reason-of.ts'
import { type PluginUnwritable, pluginUnwritable } from './build-failure.ts'

/**
 * Puts files into a folder, which is made when it is not there.
 *
 * @param files - the texts by their names
 * @param sources - the real paths of files that must not be replaced
 */
export async function writePlugin(
  folder: string,
  files: ReadonlyMap<string, string>,
  sources: readonly string[],
): Promise<Result<void, PluginUnwritable>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    const real = await realpath(folder)
    const source = [...files.keys()].find((name) => sources.includes(join(real, name)))
    if (source !== undefined)
      return err(pluginUnwritable(join(folder, source), "it is one of the plugin's own sources"))
    await replace(real, files)
    return ok()
  } catch (thrown) {
    return err(pluginUnwritable(folder, reasonOf(thrown)))
  }
}

/**
 * All are written before the first takes its place, so that a full disk harms none of those that were there. Who reads
 * between the first and the last finds a hash that does not fit, never a wrong plugin.
 */
async function replace(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const draft = await mkdtemp(join(folder, '.plugin-'))
  try {
    for (const [name, text] of files) await writeFile(join(draft, name), text, { mode: 0o644 })
    for (const name of files.keys()) await rename(join(draft, name), join(folder, name))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
