import {
  type PluginLimits,
  PluginLoader,
  PluginManager,
  type PluginSource,
  type Runner,
} from '@ashlar/plugins'
import { extensionPoint } from '@ashlar/plugins/plugin'

type Isolation = 'trusted' | 'worker' | 'process'

/** What is asked, about 150 bytes of JSON, or 10 kB. */
export type Cart = {
  readonly orderId: string
  readonly items: readonly { readonly sku: string; readonly quantity: number }[]
}
export type Total = { readonly ok: boolean; readonly sum: number }

/** A Standard Schema, as far as it is needed here. */
interface Schema<Value> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => { value: Value } | { issues: { message: string }[] }
    readonly types?: { readonly input: Value; readonly output: Value }
  }
}

/** The smallest check that says anything: written by hand, as a fast schema is compiled to. */
function schemaOf<Value>(isOne: (value: unknown) => boolean): Schema<Value> {
  const validate = (value: unknown) =>
    isOne(value) ? { value: value as Value } : { issues: [{ message: 'something else' }] }
  return { '~standard': { version: 1, vendor: 'bench', validate } }
}

export const isCart = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'orderId' in value && 'items' in value
export const isTotal = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'ok' in value && 'sum' in value

export const totals = extensionPoint('bench.totals', {
  input: schemaOf<Cart>(isCart),
  output: schemaOf<Total>(isTotal),
  mode: 'first',
})

export function cartOf(items: number): Cart {
  return {
    orderId: 'o-1',
    items: Array.from({ length: items }, (_, at) => ({ sku: `sku-${at}`, quantity: at })),
  }
}

/** What every subject does with a cart. */
export const totalling = '(cart) => ({ ok: true, sum: cart.items.length })'

/** A bundle that answers with the total of a cart, with so much comment in it. */
export function totalBundle(id: string, version = '1.0.0', padding = 0) {
  return {
    origin: id,
    manifest: {
      id,
      version,
      engine: '*',
      api: 'bench/1',
      entry: 'plugin.cjs',
      contributes: { 'bench.totals': {} },
    },
    code: {
      kind: 'bundle',
      file: `/bench/${id}.cjs`,
      source: `const table = new Array(6000).fill(0).map((_, at) => at + 0.5)
        /* ${version} ${'.'.repeat(padding)} */
        exports.activate = (context) => {
          context.contribute({ id: 'bench.totals' }, async ${totalling})
          exports.table = table
        }`,
    },
  } as const
}

type Found = Awaited<ReturnType<PluginSource['find']>>

/** A manager of what a function finds. */
export function managerOf(
  find: () => Found,
  isolation: Isolation,
  more: { readonly limits?: Partial<PluginLimits>; readonly runners?: readonly Runner[] } = {},
): PluginManager {
  return new PluginManager({
    loader: new PluginLoader({ sources: [{ name: 'bench', find: async () => find() }] }),
    engine: '1.0.0',
    apis: ['bench/1'],
    points: [totals],
    policy: () => ({ isolation, ...(more.limits !== undefined && { limits: more.limits }) }),
    ...(more.runners !== undefined && { runners: more.runners }),
  })
}

/** A manager whose one plugin is active. */
export async function started(isolation: Isolation): Promise<PluginManager> {
  const manager = managerOf(() => [totalBundle('total')], isolation)
  const report = await manager.loadPlugins()
  if (report.isErr() || report.value.active.length !== 1) throw new Error('the plugin must have started')
  return manager
}
