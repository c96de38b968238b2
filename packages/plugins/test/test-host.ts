import * as v from 'valibot'
import { definePlugin, type PluginDefinition } from '../src/contract/define-plugin.ts'
import { extensionPoint } from '../src/contract/extension-point.ts'
import { provide, service } from '../src/contract/service.ts'
import { objectSource } from '../src/load/object-source.ts'
import { PluginLoader } from '../src/load/plugin-loader.ts'
import type { PluginManagerOptions } from '../src/manager/manager-options.ts'
import { PluginManager } from '../src/manager/plugin-manager.ts'

export const greet = extensionPoint('demo.greet', { input: v.string(), output: v.string(), mode: 'first' })
export const price = extensionPoint('demo.price', { input: v.number(), output: v.number(), mode: 'pipeline' })
export const notify = extensionPoint('demo.notify', {
  input: v.object({ orderId: v.string() }),
  output: v.string(),
  mode: 'all',
})

export interface Ledger {
  balanceOf(customerId: string): Promise<number>
}
export const ledger = service<Ledger>('demo.ledger')
export const offeredLedger = provide(ledger, { balanceOf: async (customerId) => customerId.length })

/** A plugin that is in memory already: its manifest, completed, and its definition. */
export interface Given {
  readonly manifest: { readonly id: string; readonly [field: string]: unknown }
  readonly definition: PluginDefinition<never>
}

/** A plugin that contributes what it is given. */
export function given(
  id: string,
  contributes: {
    readonly [point: string]: (input: never, call: { readonly signal: AbortSignal }) => unknown
  },
  more: { readonly manifest?: object; readonly definition?: Partial<PluginDefinition<never>> } = {},
): Given {
  const points = { 'demo.greet': greet, 'demo.price': price, 'demo.notify': notify }
  const definition = definePlugin({
    activate(context) {
      for (const [point, contribution] of Object.entries(contributes))
        context.contribute(points[point as keyof typeof points] as typeof greet, contribution as never)
    },
    ...more.definition,
  })
  const listed = Object.fromEntries(Object.keys(contributes).map((point) => [point, {}]))
  return {
    manifest: {
      id,
      version: '1.0.0',
      engine: '^1.0.0',
      api: 'demo/1',
      contributes: listed,
      ...more.manifest,
    },
    definition: definition as PluginDefinition<never>,
  }
}

/** A manager of plugins that are in memory already, as the list has them at the time; they are trusted unless told. */
export function managerOf(plugins: Given[], options: Partial<PluginManagerOptions> = {}): PluginManager {
  return new PluginManager({
    loader: new PluginLoader({
      sources: [{ name: 'list', find: (options) => objectSource(plugins).find(options) }],
    }),
    engine: '1.4.0',
    apis: ['demo/1'],
    points: [greet, price, notify],
    services: [offeredLedger],
    policy: () => ({ isolation: 'trusted', grants: [{ kind: 'service', id: 'demo.ledger' }] }),
    ...options,
  })
}
