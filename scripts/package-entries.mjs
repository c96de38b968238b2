import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { root } from './findings.mjs'
import { filesOf } from './source-files.mjs'

/** What every package exports: its package, the name to import it by, and the source behind it. */
export function packageEntries() {
  return filesOf('packages/*/package.json').flatMap((manifest) => {
    const { name, exports } = JSON.parse(readFileSync(resolve(root, manifest), 'utf8'))
    return Object.entries(exports)
      .filter(([, target]) => target['@ashlar/source'] !== undefined)
      .map(([path, target]) => ({
        packageName: name,
        name: name + path.slice(1),
        source: manifest.replace('package.json', target['@ashlar/source'].slice(2)),
      }))
  })
}
