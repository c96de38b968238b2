import { realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { DiscoveryFailure } from '../load/discovery-failure.ts'
import { lookAtFolder } from '../load/plugin-folder.ts'
import { PluginLoader } from '../load/plugin-loader.ts'
import { complained, escaped, type Outcome, said } from './outcome.ts'

/** Tells all that is wrong with one plugin, one line each; with keys, it must be signed by one of them. */
export async function checkFolder(given: string, trust: readonly string[]): Promise<Outcome> {
  const folder = await realpath(given)
  const found = await lookAtFolder(folder, given, undefined)
  if (found === undefined) return complained(1, `${escaped(given)}: expected a plugin.json, found none\n`)
  const loader = new PluginLoader({
    sources: [{ name: basename(dirname(folder)), find: async () => [found] }],
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
    return said(escaped(`${given} is valid: ${id} ${version}, ${marks.join(', ')}`).concat('\n'))
  }
  const lines = refusals.flatMap(({ failure }) => linesOf(given, failure))
  return complained(1, lines.map((line) => `${escaped(line)}\n`).join(''))
}

function linesOf(
  folder: string,
  failure: DiscoveryFailure | { readonly message: string },
): readonly string[] {
  if (!('findings' in failure)) return [`${folder}: ${failure.message}`]
  return failure.findings.map(({ path, expected, found }) => {
    const words = `expected ${expected}, found ${found}`
    return `${folder}/plugin.json: ${path === '' ? words : `${path}: ${words}`}`
  })
}
