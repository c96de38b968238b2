import { monitorEventLoopDelay } from 'node:perf_hooks'
import { PluginLoader, PluginManager } from '@ashlar/plugins'
import { extensionPoint } from '@ashlar/plugins/plugin'
import { hostilePlugins } from '@ashlar/plugins/testing'
import { print } from './harness.ts'

const any = {
  '~standard': { version: 1, vendor: 'bench', validate: (value: unknown) => ({ value: value as string }) },
} as const
const deed = extensionPoint('hostile.deed', { input: any, output: any, mode: 'first' })
const limits = {
  startTimeoutMs: 2_000,
  callTimeoutMs: 400,
  drainTimeoutMs: 50,
  stopTimeoutMs: 200,
  maxFaults: 1,
}

const lag = monitorEventLoopDelay({ resolution: 1 })
let longestMs = 0
const all: number[] = []
for (const hostile of hostilePlugins.filter(({ containedBy }) => containedBy.includes('process'))) {
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
      sources: [{ name: 'hostile plugins', find: async () => [{ origin: hostile.id, manifest, code }] }],
    }),
    engine: '1.0.0',
    apis: ['hostile/1'],
    points: [deed],
    policy: () => ({ isolation: 'process', limits: { ...limits, ...hostile.limits, callTimeoutMs: 2_000 } }),
  })
  lag.reset()
  lag.enable()
  const report = await manager.loadPlugins()
  if (report.isOk() && report.value.active.length === 1)
    await manager.call(deed, '').then((called) => called.isOk())
  await manager.dispose()
  lag.disable()
  all.push(lag.percentile(99) / 1e6)
  longestMs = Math.max(longestMs, lag.max / 1e6)
}

const worst = Math.max(...all)
print({ bench: 'plugins/lag-p99', value: Number(worst.toFixed(1)), unit: 'ms', goal: 50, better: 'lower' })
print({ bench: 'plugins/lag-max', value: Number(longestMs.toFixed(1)), unit: 'ms', better: 'lower' })
