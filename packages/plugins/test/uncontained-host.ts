import * as v from 'valibot'
import { extensionPoint } from '../src/contract/extension-point.ts'
import { PluginLoader } from '../src/load/plugin-loader.ts'
import { PluginManager } from '../src/manager/plugin-manager.ts'
import type { Isolation } from '../src/manifest/plugin-manifest.ts'
import { hostilePlugins } from '../src/testing/hostile-plugins.ts'

const [isolation, id] = process.argv.slice(2) as [Isolation, string]
const hostile = hostilePlugins.find((plugin) => plugin.id === id)
if (hostile === undefined) throw new Error(`there is no hostile plugin "${id}"`)

const deed = extensionPoint('hostile.deed', { input: v.null(), output: v.string(), mode: 'first' })
const manifest = {
  id: 'culprit',
  version: '1.0.0',
  engine: '*',
  api: 'hostile/1',
  entry: 'plugin.cjs',
  contributes: { 'hostile.deed': {} },
}
const code = { kind: 'bundle', file: '/hostile/culprit.cjs', source: hostile.source } as const
const manager = new PluginManager({
  loader: new PluginLoader({
    sources: [{ name: 'hostile plugins', find: async () => [{ origin: id, manifest, code }] }],
  }),
  engine: '1.0.0',
  apis: ['hostile/1'],
  points: [deed],
  policy: () => ({ isolation, limits: { ...hostile.limits, startTimeoutMs: 5_000 } }),
})

console.log('begun')
const report = await manager.loadPlugins()
const called = await manager.call(deed, null)
await manager.dispose()
console.log(`lived on: ${report.isOk() && called.isOk()}`)
