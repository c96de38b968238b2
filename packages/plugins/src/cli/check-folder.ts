import { realpath } from 'node:fs/promises'
import { lookAtFolder } from '../load/plugin-folder.ts'
import { PluginLoader } from '../load/plugin-loader.ts'
import { linesOf } from './lines-of.ts'
import { complained, escaped, type Outcome, said } from './outcome.ts'

/** Tells all that is wrong with one plugin, one line each; with keys, it must be signed by one of them. */
export async function checkFolder(given: string, trust: readonly string[]): Promise<Outcome> {
  const folder = await realpath(given)
  const found = await lookAtFolder(folder, given, undefined)
  if (found === undefined) return complained(1, `${escaped(given)}: expected a plugin.json, found none\n`)
  const loader = new PluginLoader({
    sources: [{ name: given, find: async () => [found] }],
    trust,
    requireSignature: trust.length > 0,
  })
  const { plugins, refusals } = await loader.discover()
  const [plugin] = plugins
  if (plugin !== undefined) {
    const { id, version, integrity, signature } = plugin.manifest
    const marks = [
      integrity === undefined ? 'no hash' : 'hash',
      signature === undefined ? 'no signature' : 'signed',
    ]
    return said(`${escaped(`${given} is valid: ${id} ${version}, ${marks.join(', ')}`)}\n`)
  }
  return complained(1, refusals.map(({ failure }) => linesOf(failure)).join(''))
}
