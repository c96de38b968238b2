import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { orderIdOf } from '../src/application/orders/place-order.ts'
import { type Evidence, gatherEvidence } from '../src/presentation/console/evidence.ts'
import { checkInvariants } from '../src/presentation/console/invariants.ts'
import type { Checkout } from '../src/presentation/console/till.ts'
import { type CrashPoint, type DeedCounts, deeds } from './crash-point.ts'
import type { CrashTask } from './crash-process.ts'
import { finalState, prepare, type Scenario, scenarios, withShop } from './crash-scenarios.ts'
import { runProcess } from './shop-process.ts'

type Rehearsal = {
  readonly scenario: Scenario
  /** The files before the order; copied for each point. */
  readonly template: string
  readonly checkout: Checkout
  readonly counts: DeedCounts
  readonly state: ReturnType<typeof finalState>
}

/** Every command between its commit and the note of it, and one or more of each other kind; all points run at full size. */
const sample: readonly string[] = [
  'happy: before transaction 1',
  'happy: after transaction 1',
  'happy: before save 3',
  'happy: after effect 1',
  'happy: after transaction 2',
  'happy: after transaction 3',
  'happy: after transaction 4',
  'declined: after transaction 3',
  'declined: after transaction 4',
  'out-of-stock: after claim 1',
  'not-shippable: after effect 3',
]

const folder = await mkdtemp(join(tmpdir(), 'crash-test-'))
const rehearsals = await Promise.all(scenarios.map(rehearse)).catch(async (error: unknown) => {
  await rm(folder, { recursive: true })
  throw error
})
const points = rehearsals.flatMap((rehearsal) =>
  pointsOf(rehearsal).map((point) => ({ rehearsal, point, name: nameOf(rehearsal, point) })),
)
const tried = points.filter(({ name }) => process.env.ASHLAR_DEEP || sample.includes(name))

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('an order whose process is killed', () => {
  it.each(tried)('is finished by the next process, $name', async ({ rehearsal, point, name }) => {
    const directory = await copyOf(rehearsal, name)

    const victim = await play({ directory, checkout: rehearsal.checkout, point })

    expect(victim.signal, victim.stderr).toBe('SIGKILL')
    await expectAllOrNothing(directory, rehearsal, point)

    const heir = await play({ directory, checkout: rehearsal.checkout })

    expect(heir.code, heir.stderr).toBe(0)
    const { evidence } = await lookInto(directory)
    expect(checkInvariants([evidence]).filter(({ holds }) => !holds)).toEqual([])
    expect(finalState(evidence)).toEqual(rehearsal.state)
    await rm(directory, { recursive: true })
  })

  it('dies at every point of the sample', () => {
    expect(points.map(({ name }) => name)).toEqual(expect.arrayContaining([...sample]))
  })

  it('dies at the one claim that finds the order, whatever was looked for afterwards', () => {
    const claims = points.filter(({ point }) => point.deed === 'claim').map(({ name }) => name)

    expect(claims).toEqual(
      scenarios.flatMap((scenario) => [`${scenario}: before claim 1`, `${scenario}: after claim 1`]),
    )
  })
})

describe('an order that nothing stops', () => {
  it.each(rehearsals)('ends as it should, and lives through one deed more: $scenario', async (rehearsal) => {
    const { checkout, counts, state } = rehearsal
    const directory = await copyOf(rehearsal, `${rehearsal.scenario}: beyond`)
    const beyond: CrashPoint = { deed: 'save', nth: counts.save + 1, moment: 'before' }

    const survivor = await play({ directory, checkout, point: beyond })

    expect(survivor.code, survivor.stderr).toBe(0)
    const { evidence } = await lookInto(directory)
    expect(finalState(evidence)).toEqual(state)
    const wanted = rehearsal.scenario === 'happy' ? ['completed', 'completed'] : ['cancelled', 'compensated']
    expect(evidence.cases.map(({ order, saga }) => [order.status, saga?.status])).toEqual([wanted])
  })
})

/** The uninterrupted run: what should come out, and how many deeds there are to die of. */
async function rehearse(scenario: Scenario): Promise<Rehearsal> {
  const template = join(folder, `${scenario}-template`)
  const directory = join(folder, `${scenario}-rehearsal`)
  await mkdir(template)
  const checkout = await prepare(template, scenario)
  await cp(template, directory, { recursive: true })
  const { code, stdout, stderr } = await play({ directory, checkout })
  if (code !== 0) throw new Error(`the rehearsal of "${scenario}" failed: ${stderr}`)
  const { evidence } = await lookInto(directory)
  const counts: DeedCounts = JSON.parse(stdout).counts
  return { scenario, template, checkout, counts: withoutIdleClaims(counts), state: finalState(evidence) }
}

/** The first claim takes the order up; later ones only look for more work, and how many there are is timing. */
function withoutIdleClaims(counts: DeedCounts): DeedCounts {
  return { ...counts, claim: Math.min(counts.claim, 1) }
}

function pointsOf({ counts }: Rehearsal): readonly CrashPoint[] {
  return deeds.flatMap((deed) =>
    Array.from({ length: counts[deed] }, (_, index) => index + 1).flatMap((nth) =>
      (['before', 'after'] as const).map((moment) => ({ deed, nth, moment })),
    ),
  )
}

function nameOf({ scenario }: Rehearsal, { deed, nth, moment }: CrashPoint): string {
  return `${scenario}: ${moment} ${deed} ${nth}`
}

async function copyOf({ template }: Rehearsal, name: string): Promise<string> {
  const directory = join(folder, name.replaceAll(/\W+/g, '-'))
  await cp(template, directory, { recursive: true })
  return directory
}

function play(task: CrashTask) {
  return runProcess('./crash-process.ts', [JSON.stringify(task)])
}

/** Before the first commit there is no trace of an order, afterwards there is one order, one saga, and a closed cart. */
async function expectAllOrNothing(
  directory: string,
  { checkout }: Rehearsal,
  point: CrashPoint,
): Promise<void> {
  const isBefore =
    point.deed === 'insert' || (point.deed === 'transaction' && point.nth === 1 && point.moment === 'before')
  const { evidence, isCartOpen, hasSaga } = await lookInto(directory, checkout)

  expect({ orders: evidence.cases.length, isCartOpen, hasSaga }).toEqual(
    isBefore
      ? { orders: 0, isCartOpen: true, hasSaga: false }
      : { orders: 1, isCartOpen: false, hasSaga: true },
  )
}

function lookInto(
  directory: string,
  checkout?: Checkout,
): Promise<{ evidence: Evidence; isCartOpen: boolean | undefined; hasSaga: boolean }> {
  return withShop(directory, {}, async (till) => {
    const orderId = checkout && orderIdOf(checkout.customerId, checkout.idempotencyKey)
    return {
      evidence: await gatherEvidence(till.shop),
      isCartOpen: checkout && (await till.cart(checkout.cartId)).isOpen,
      hasSaga: orderId !== undefined && (await till.shop.inspectSaga(orderId)) !== undefined,
    }
  })
}
