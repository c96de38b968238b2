import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PointsLedger } from '../src/infrastructure/plugins/points-ledger.ts'
import { gatherEvidence } from '../src/presentation/console/evidence.ts'
import { checkInvariants } from '../src/presentation/console/invariants.ts'
import type { CrashPoint } from './crash-point.ts'
import type { CrashTask } from './crash-process.ts'
import { prepare, type Scenario, withShop } from './crash-scenarios.ts'
import { newPluginFolder, payByPoints, putPlugins } from './plugin-folder.ts'
import { runProcess, startProcess } from './shop-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const given = 10_000

const points: readonly [string, Scenario, CrashPoint][] = [
  ['as soon as the order is placed', 'happy', { deed: 'transaction', nth: 1, moment: 'after' }],
  ['before the charge is handed to the plugin', 'happy', { deed: 'effect', nth: 1, moment: 'before' }],
  ['as the charge is handed to the plugin', 'happy', { deed: 'effect', nth: 1, moment: 'after' }],
  ['when the plugin has charged', 'happy', { deed: 'effect', nth: 2, moment: 'before' }],
  ['as the refund is handed to the plugin', 'not-shippable', { deed: 'effect', nth: 2, moment: 'after' }],
]

describe('an order by points whose shop is killed', () => {
  const folder = temporaryFolder()

  it.each(points)('is paid once, or not at all: %s', async (_, scenario, point) => {
    const directory = join(folder(), 'shop')
    await mkdir(directory)
    const pluginFolder = newPluginFolder(folder())
    await putPlugins(pluginFolder, payByPoints)
    const checkout = { ...(await prepare(directory, scenario)), payment: 'points' }
    givePoints(directory, checkout.customerId)
    const task: CrashTask = { directory, checkout, pluginFolder }

    const victim = await play({ ...task, point })
    const heir = await play(task)

    expect(victim.signal, victim.stderr).toBe('SIGKILL')
    expect(heir.code, heir.stderr).toBe(0)
    const evidence = await withShop(directory, { pluginFolder }, (till) => gatherEvidence(till.shop))
    const [order] = evidence.cases.map((one) => one.order)
    expect(order?.status).toBe(scenario === 'happy' ? 'completed' : 'cancelled')
    const spent = scenario === 'happy' ? Number(order?.total.minorUnits) : 0
    expect(evidence.purses).toMatchObject([{ given, spent, left: given - spent }])
    expect(evidence.spendings).toHaveLength(1)
    expect(checkInvariants([evidence]).filter(({ holds }) => !holds)).toEqual([])
  })
})

describe('an order by points that lies in a file', () => {
  const folder = temporaryFolder()

  it('is paid by a worker that is told where plugins lie', async () => {
    const directory = join(folder(), 'shop')
    await mkdir(directory)
    const pluginFolder = newPluginFolder(folder())
    await putPlugins(pluginFolder, payByPoints)
    const checkout = { ...(await prepare(directory, 'happy')), payment: 'points' }
    givePoints(directory, checkout.customerId)

    await withShop(directory, { pluginFolder }, async (till) => {
      const orderId = await till.place(checkout)
      const argv = ['worker', '--directory', directory, '--plugins', pluginFolder]
      const worker = startProcess('../src/main.ts', argv)
      const ended = once(worker, 'close')

      expect((await till.outcome(orderId)).status).toBe('completed')
      worker.kill('SIGTERM')

      expect(await ended).toEqual([0, null])
      expect(till.shop.plugins?.points.forOrders('spent')).toHaveLength(1)
    })
  })
})

function givePoints(directory: string, customerId: string): void {
  const ledger = new PointsLedger(join(directory, 'points.db'))
  ledger.give(customerId, given, 'gift')
  ledger.close()
}

function play(task: CrashTask) {
  return runProcess('./crash-process.ts', [JSON.stringify(task)])
}
