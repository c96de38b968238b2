import { setTimeout as delay } from 'node:timers/promises'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { type Bundle, bundleSource } from '../../test/bundles.ts'
import { collectGarbage } from '../../test/collect-garbage.ts'
import { greet } from '../../test/test-host.ts'
import { PluginLoader } from '../load/plugin-loader.ts'
import { PluginManager } from './plugin-manager.ts'

const reloads = process.env.ASHLAR_DEEP ? 2_000 : 200
const mebibyte = 2 ** 20

/** About 50 kB of code, and 48 kB of data that its functions hold. */
function heavy(number: number): Bundle {
  return {
    id: 'heavy',
    version: `1.0.${number}`,
    points: ['demo.greet'],
    source: `
      const table = new Array(6000).fill(0).map((_, at) => at + ${number} / 2)
      /* ${'.'.repeat(50_000)} */
      exports.activate = (context) => {
        context.contribute({ id: 'demo.greet' }, async (name) => name + table.length)
        context.onDispose(() => {})
      }`,
  }
}

describe('reloading a trusted bundle again and again while it is called', () => {
  it('frees every one, fails no call and does not let the heap grow', async () => {
    const bundles = [heavy(0)]
    await using manager = new PluginManager({
      loader: new PluginLoader({ sources: [bundleSource(bundles)] }),
      engine: '1.0.0',
      apis: ['demo/1'],
      points: [greet],
      policy: () => ({ isolation: 'trusted' }),
    })
    await orThrow(manager.loadPlugins())
    let calls = 0
    let failures = 0
    const stop = new AbortController()
    const calling = callAThousandTimesASecond()

    const proofs: Promise<{ readonly collected: boolean }>[] = []
    await reload(1)
    await collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let number = 2; number <= reloads; number++) await reload(number)
    await collectGarbage()
    const grownBytes = process.memoryUsage().heapUsed - before
    const collected = (await Promise.all(proofs)).filter((proof) => proof.collected).length
    stop.abort()
    await calling

    expect(collected).toBe(reloads)
    expect(failures).toBe(0)
    expect(calls).toBeGreaterThan(reloads)
    expect(grownBytes / mebibyte).toBeLessThanOrEqual(2)

    async function reload(number: number): Promise<void> {
      bundles[0] = heavy(number)
      proofs.push((await manager.reload('heavy'))._unsafeUnwrap().proof)
    }

    async function callAThousandTimesASecond(): Promise<void> {
      while (!stop.signal.aborted) {
        const results = await Promise.all(Array.from({ length: 2 }, () => manager.call(greet, 'Ada')))
        calls += results.length
        failures += results.filter((result) => result.isErr()).length
        await delay(1)
      }
    }
  })
})
