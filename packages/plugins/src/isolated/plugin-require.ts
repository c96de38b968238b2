import { createRequire } from 'node:module'
import { PluginRefusedError } from '../contract/plugin-refused-error.ts'
import type { IsolatedRights } from './start-order.ts'

const forAll = [
  'assert',
  'assert/strict',
  'buffer',
  'crypto',
  'events',
  'path',
  'path/posix',
  'path/win32',
  'perf_hooks',
  'punycode',
  'querystring',
  'stream',
  'stream/consumers',
  'stream/promises',
  'stream/web',
  'string_decoder',
  'timers',
  'timers/promises',
  'url',
  'util',
  'util/types',
  'zlib',
]
const forFiles = ['fs', 'fs/promises']
const forNetwork = ['dgram', 'dns', 'dns/promises', 'http', 'http2', 'https', 'net', 'tls']

/** The `require` of a plugin on its own: modules of Node's that reach nothing beyond what was granted. */
export function pluginRequire({ files, network }: IsolatedRights): (name: unknown) => unknown {
  const load = createRequire(import.meta.url)
  const names = [...forAll, ...(files ? forFiles : []), ...(network ? forNetwork : [])]
  const allowed = new Map(names.map((name) => [name, () => load(`node:${name}`)]))
  return (name) => {
    const plain = typeof name === 'string' && name.startsWith('node:') ? name.slice('node:'.length) : name
    const module = typeof plain === 'string' ? allowed.get(plain) : undefined
    if (module === undefined)
      throw new PluginRefusedError(`a plugin on its own may not require ${JSON.stringify(name)}`)
    return module()
  }
}
