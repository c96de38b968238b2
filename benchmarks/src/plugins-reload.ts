import { setTimeout as delay } from 'node:timers/promises'
import { print } from './harness.ts'
import { cartOf, managerOf, totalBundle, totals } from './plugins/bench-host.ts'

const reloads = 2_000
const padding = 50_000
const mebibyte = 2 ** 20

let version = 0
const manager = managerOf(() => [totalBundle('total', `1.0.${version}`, padding)], 'trusted')
await manager.loadPlugins().then((report) => report._unsafeUnwrap())

const stop = new AbortController()
let calls = 0
let failed = 0
const calling = callAThousandTimesASecond()
const proofs: Promise<boolean>[] = []
const swaps: number[] = []

await reload()
await collect()
const before = process.memoryUsage().heapUsed
for (let count = 1; count < reloads; count++) await reload()
await collect()
const grown = process.memoryUsage().heapUsed - before
const collected = (await Promise.all(proofs)).filter(Boolean).length
stop.abort()
await calling
await manager.dispose()
if (calls < reloads) throw new Error('the plugin must have been called all the time')

const p95 = swaps.sort((one, other) => one - other)[Math.floor(swaps.length * 0.95)] ?? 0
const tenths = (value: number) => Number(value.toFixed(2))
print({ bench: 'plugins/reload-p95', value: tenths(p95), unit: 'ms', goal: 20, better: 'lower' })
print({ bench: 'plugins/reload-heap', value: tenths(grown / mebibyte), unit: 'MB', goal: 2, better: 'lower' })
print({
  bench: 'plugins/reload-collected',
  value: (collected / reloads) * 100,
  unit: '%',
  goal: 100,
  better: 'higher',
})
print({ bench: 'plugins/reload-failed', value: failed, unit: 'calls', goal: 0, better: 'lower' })

async function reload(): Promise<void> {
  version++
  const begun = performance.now()
  const reloaded = (await manager.reload('total'))._unsafeUnwrap()
  swaps.push(performance.now() - begun)
  proofs.push(reloaded.proof.then((proof) => proof.collected))
}

async function callAThousandTimesASecond(): Promise<void> {
  const cart = cartOf(2)
  while (!stop.signal.aborted) {
    const results = await Promise.all([manager.call(totals, cart), manager.call(totals, cart)])
    calls += results.length
    failed += results.filter((result) => result.isErr()).length
    await delay(1)
  }
}

async function collect(): Promise<void> {
  for (let round = 0; round < 20; round++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
