import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gatherEvidence } from '../src/presentation/console/evidence.ts'
import { checkInvariants } from '../src/presentation/console/invariants.ts'
import type { CrashPoint } from './crash-point.ts'
import type { CrashTask } from './crash-process.ts'
import { prepare, withShop } from './crash-scenarios.ts'
import { allExpress, allStandard, cardsOff, type FlagEdit, writeFlags } from './flag-file.ts'
import { runProcess } from './shop-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const points: readonly [string, CrashPoint][] = [
  ['as soon as the order is placed', { deed: 'transaction', nth: 1, moment: 'after' }],
  ['before it is charged', { deed: 'effect', nth: 1, moment: 'before' }],
  ['before the parcel is handed over', { deed: 'effect', nth: 2, moment: 'before' }],
  ['after the parcel was handed over', { deed: 'effect', nth: 2, moment: 'after' }],
]
const turns: readonly [string, FlagEdit, FlagEdit][] = [
  ['express', allExpress, { ...allStandard, ...cardsOff }],
  ['standard', allStandard, { ...allExpress, ...cardsOff }],
]
const deaths = points.flatMap(([when, point]) =>
  turns.map(([service, before, after]) => ({ when, point, service, before, after })),
)

describe('an order whose process is killed while flags are turned round', () => {
  const folder = temporaryFolder()

  it.each(deaths)('is paid and travels by $service, as promised: $when', async (death) => {
    const directory = join(folder(), 'shop')
    const flagFile = join(folder(), 'flags.json')
    await mkdir(directory)
    const task: CrashTask = { directory, checkout: await prepare(directory, 'happy'), flagFile }

    await writeFlags(flagFile, death.before)
    const victim = await play({ ...task, point: death.point })
    await writeFlags(flagFile, death.after)
    const heir = await play(task)

    expect(victim.signal, victim.stderr).toBe('SIGKILL')
    expect(heir.code, heir.stderr).toBe(0)
    const evidence = await withShop(directory, {}, (till) => gatherEvidence(till.shop))
    expect(evidence.cases.map(({ order }) => [order.status, order.shipping])).toEqual([
      ['completed', death.service],
    ])
    expect(evidence.parcels.map(({ service }) => service)).toEqual([death.service])
    expect(checkInvariants([evidence]).filter(({ holds }) => !holds)).toEqual([])
  })
})

function play(task: CrashTask) {
  return runProcess('./crash-process.ts', [JSON.stringify(task)])
}
