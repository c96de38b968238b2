import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { orThrow } from '@ashlar/result'
import { startPostgres } from '@ashlar/test-postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CrashLedger, type Moment } from '../test/crash-ledger.ts'

const isDeep = process.env.ASHLAR_DEEP !== undefined
/** How many crashes of each kind on each database; 100 in all, 1,060 when deep. */
const kills = isDeep ? 180 : 10
const throws = isDeep ? 200 : 20
const cuts = isDeep ? 300 : 40
const worker = fileURLToPath(new URL('../test/crash-worker.ts', import.meta.url))

type When = Moment['when']

const databases = {
  /** SQLite answers at once: there is nothing between before and after. */
  sqlite: { moments: ['before', 'after'], statementsOfUnit: 8 },
  postgres: { moments: ['before', 'during', 'after'], statementsOfUnit: 12 },
} as const satisfies Record<string, { readonly moments: readonly When[]; readonly statementsOfUnit: number }>

describe.each(['sqlite', 'postgres'] as const)('A unit of work on %s', { timeout: 900_000 }, (dialect) => {
  const { moments, statementsOfUnit } = databases[dialect]
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-crash-'))
  let place = join(folder, 'accounts.db')
  let stop = async () => {}
  let witness: CrashLedger

  beforeAll(async () => {
    if (dialect === 'postgres') {
      const server = await startPostgres({ durable: true })
      place = await server.createDatabase()
      stop = () => server.stop()
    }
    witness = await CrashLedger.open(place)
    await witness.createTables()
  })
  afterAll(async () => {
    await witness.close()
    await stop()
    rmSync(folder, { recursive: true })
  })

  it(`agrees in rows, audit fields and events after ${kills} killed processes`, async () => {
    const alive = await workOf(place, 'alive', 0, 'before')
    const statements = Number(/ended after (\d+)/.exec(alive.said)?.[1])
    const signals: (NodeJS.Signals | null)[] = []
    const killOne = async (crash: number) => {
      const when = moments[crash % moments.length] ?? 'before'
      const statement = statements - Math.floor((crash * statements) / kills)
      const { said, signal } = await workOf(place, `killed-${crash}`, statement, when)
      signals.push(signal)
      const unacknowledged = (await witness.versionOf(`killed-${crash}`)) - said.split('stored').length + 1
      expect(unacknowledged, `killed ${when} statement ${statement}, said ${said}`).toBeOneOf([0, 1])
    }

    for (let crash = 0; crash < kills; crash += 2) await Promise.all([killOne(crash), killOne(crash + 1)])

    expect(statements).toBeGreaterThan(30)
    expect(signals).toEqual(Array(kills).fill('SIGKILL'))
    expect(await witness.versionOf('alive')).toBe(4)
    expect(await witness.disagreements()).toEqual([])
  })

  it(`agrees after ${throws} statements that throw, and tells what has happened`, async () => {
    const seen = await breakUnits(throws, 'thrown', (moment) => {
      // SQLite does not throw once it has committed
      if (dialect === 'sqlite' && moment.sql === 'commit' && moment.when === 'after') return undefined
      return () => {
        throw new Error('the statement broke')
      }
    })

    if (dialect === 'postgres') expect(seen).toContain('unknown, and stored')
    expect(await witness.disagreements()).toEqual([])
  })

  if (dialect === 'postgres')
    it(`agrees after ${cuts} connections that are cut, and goes on with the same pool`, async () => {
      let cut = 0

      const seen = await breakUnits(cuts, 'cut', (moment) =>
        cut++ % 2 === 0 ? moment.cut?.byServer : moment.cut?.byNetwork,
      )

      expect(seen).toContain('unknown, and not stored')
      expect(await witness.disagreements()).toEqual([])
    })

  /**
   * Breaks a unit of work at one statement after the other, the last one first, and compares what it told with what is
   * there.
   */
  async function breakUnits(
    count: number,
    name: string,
    faultAt: (moment: Moment) => (() => void | Promise<void>) | undefined,
  ): Promise<ReadonlySet<string>> {
    let armed = { statement: 0, when: 'before' as When }
    let statements = 0
    let crashed = 0
    const seen = new Set<string>()
    const ledger = await CrashLedger.open(place, (moment) => {
      if (moment.when === 'before') statements++
      if (armed.statement !== statements || armed.when !== moment.when) return
      const fault = faultAt(moment)
      if (fault === undefined) return
      armed = { statement: 0, when: 'before' }
      crashed++
      return fault()
    })
    for (let round = 0; crashed < count; round++) {
      const pair = `${name}-${round}`
      await openedIn(ledger, pair)
      const step = Math.floor(round / moments.length)
      const how = (['save', 'refuse', 'remove'] as const)[Math.floor(step / statementsOfUnit) % 3] ?? 'save'
      statements = 0
      armed = {
        statement: statementsOfUnit - (step % statementsOfUnit),
        when: moments[round % moments.length] ?? 'before',
      }
      const plan = `${how}, broken ${armed.when} statement ${armed.statement}`
      const told = await toldBy(ledger.movePair(pair, how))
      armed = { statement: 0, when: 'before' }
      const isStored = (await witness.versionOf(pair)) === 2
      seen.add(`${told}, and ${isStored ? 'stored' : 'not stored'}`)
      if (told !== 'unknown') expect(isStored, `${plan}, told ${told}`).toBe(told === 'ok')
      if (how === 'refuse') expect(isStored, plan).toBe(false)
    }
    await ledger.close()
    return seen
  }
})

/** A pool may hand out a connection that was cut while it lay idle; who asks again gets another. */
async function openedIn(ledger: CrashLedger, pair: string): Promise<unknown> {
  for (let attempt = 1; ; attempt++)
    try {
      return await orThrow(ledger.openPair(pair))
    } catch (error) {
      if (attempt === 5) throw error
    }
}

async function toldBy(unit: Promise<{ isOk(): boolean }>): Promise<'ok' | 'refused' | 'failed' | 'unknown'> {
  try {
    return (await unit).isOk() ? 'ok' : 'refused'
  } catch (error) {
    return (error as { code?: string }).code === 'ASHLAR_KYSELY_OUTCOME_UNKNOWN' ? 'unknown' : 'failed'
  }
}

/** What a worker said before it died, and of what. */
function workOf(
  place: string,
  pair: string,
  statement: number,
  when: When,
): Promise<{ readonly said: string; readonly signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    const parameters = ['--conditions=@ashlar/source', worker, place, pair, String(statement), when]
    const child = execFile(process.execPath, parameters, (_, said) =>
      resolve({ said, signal: child.signalCode }),
    )
  })
}
