import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { directorySource, PluginLoader, PluginManager, ProcessRunner, WorkerRunner } from '@ashlar/plugins'
import { compare } from './harness.ts'
import { managerOf, totalBundle, totalling, totals } from './plugins/bench-host.ts'

const plugins = 200

for (const [isolation, Runner] of [
  ['process', ProcessRunner],
  ['worker', WorkerRunner],
] as const) {
  const cold = managerOf(() => [totalBundle('total')], isolation)
  const warm = managerOf(() => [totalBundle('total')], isolation, { runners: [new Runner({ spares: 1 })] })
  await compare({
    bench: `plugins/start-warm-${isolation}`,
    baseline: 'the same without a spare',
    goal: 10,
    operations: 1,
    ours: () => stopped(warm),
    theirs: () => stopped(cold),
  })
  await Promise.all([cold.dispose(), warm.dispose()])
}

const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-'))
await writePlugins()
let round = 0
await compare({
  bench: 'plugins/start-200',
  baseline: 'import() of as many modules',
  goal: 0.2,
  operations: 1,
  ours: () => {
    const manager = new PluginManager({
      loader: new PluginLoader({ sources: [directorySource(join(folder, 'plugins'))] }),
      engine: '1.0.0',
      apis: ['bench/1'],
      points: [totals],
      policy: () => ({ isolation: 'trusted' }),
    })
    return async () => {
      const report = await manager.loadPlugins()
      if (report.isErr() || report.value.active.length !== plugins)
        throw new Error('all plugins must have started')
    }
  },
  theirs: () => {
    const number = round++
    return () =>
      Promise.all(
        Array.from({ length: plugins }, async (_, at) => {
          const module = await import(
            `${pathToFileURL(join(folder, 'modules', `${at}.mjs`))}?round=${number}`
          )
          module.activate({ contribute() {} })
        }),
      )
  },
})
await rm(folder, { recursive: true })

/** A batch that starts the plugin; the one before is stopped, and a spare is there again, before the time begins. */
async function stopped(manager: PluginManager): Promise<() => Promise<void>> {
  if (manager.state('total') === 'active')
    await manager.unloadPlugin('total').then((unloaded) => unloaded._unsafeUnwrap())
  const plan = await manager.plan()
  await new Promise((resolve) => setTimeout(resolve, 400))
  return async () => {
    const report = await manager.start(plan)
    if (report.isErr() || report.value.active.length !== 1) throw new Error('the plugin must have started')
  }
}

/** The same code as bundles with a manifest, and as modules. */
async function writePlugins(): Promise<void> {
  await mkdir(join(folder, 'modules'), { recursive: true })
  const body = `(context) => context.contribute({ id: 'bench.totals' }, async ${totalling})`
  for (let at = 0; at < plugins; at++) {
    const own = join(folder, 'plugins', `total-${at}`)
    await mkdir(own, { recursive: true, mode: 0o755 })
    await writeFile(join(own, 'plugin.json'), JSON.stringify(totalBundle(`total-${at}`).manifest))
    await writeFile(join(own, 'plugin.cjs'), `/* ${at} */ exports.activate = ${body}`)
    await writeFile(join(folder, 'modules', `${at}.mjs`), `/* ${at} */ export const activate = ${body}`)
  }
}
