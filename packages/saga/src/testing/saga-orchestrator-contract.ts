import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SagaStore } from '../saga-store.ts'
import { type Faults, OrderWorld } from './order-world.ts'
import { declareRunTests } from './run-tests.ts'
import { leaseMs, SagaHarness } from './saga-harness.ts'
import { declareStartTests } from './start-tests.ts'
import { declareStepTests } from './step-tests.ts'
import { dyingStore } from './store-wrappers.ts'
import { declareWorkerTests } from './worker-tests.ts'

type Scenario = {
  readonly it: string
  readonly faults: Faults
  readonly outcome: object
  readonly effects: string
}

const value = { stock: 'done stock/run', payment: 'done payment/run', shipment: 'done shipment/run' }
const completed = { status: 'completed', value }
const because = (step: string, type: string) => ({ step, phase: 'run', failure: { type } })
const compensated = (step: string, type: string) => ({ status: 'compensated', cause: because(step, type) })
const stuck = (step: string, phase: string, cause: object) => ({
  status: 'needs-attention',
  step,
  phase,
  cause,
})

const allRuns = 'stock/run payment/run shipment/run mail/run'
const bothUndone = 'stock/run payment/run payment/undo stock/undo'

const scenarios: readonly Scenario[] = [
  { it: 'runs its steps in order', faults: {}, outcome: completed, effects: allRuns },
  {
    it: 'undoes the first step itself when it says no',
    faults: { 'stock/run': 'says no' },
    outcome: compensated('stock', 'SaidNo'),
    effects: 'stock/run stock/undo',
  },
  {
    it: 'undoes the failing step, then the earlier one',
    faults: { 'payment/run': 'says no' },
    outcome: compensated('payment', 'SaidNo'),
    effects: bothUndone,
  },
  {
    it: 'undoes all before the pivot when the pivot says no',
    faults: { 'shipment/run': 'says no' },
    outcome: compensated('shipment', 'SaidNo'),
    effects: 'stock/run payment/run shipment/run payment/undo stock/undo',
  },
  {
    it: 'undoes a first step that keeps throwing, for it is in doubt',
    faults: { 'stock/run': 'throws' },
    outcome: compensated('stock', 'StepThrew'),
    effects: 'stock/run stock/undo',
  },
  {
    it: 'undoes a later step that keeps throwing, and the earlier one',
    faults: { 'payment/run': 'throws' },
    outcome: compensated('payment', 'StepThrew'),
    effects: bothUndone,
  },
  {
    it: 'needs attention when the pivot keeps throwing, and undoes nothing',
    faults: { 'shipment/run': 'throws' },
    outcome: stuck('shipment', 'run', because('shipment', 'StepThrew')),
    effects: 'stock/run payment/run shipment/run',
  },
  {
    it: 'needs attention when a step after the pivot keeps throwing, and undoes nothing',
    faults: { 'mail/run': 'throws' },
    outcome: stuck('mail', 'run', because('mail', 'StepThrew')),
    effects: allRuns,
  },
  {
    it: 'takes a step after the pivot that says no against its type as one that throws',
    faults: { 'mail/run': 'says no once' },
    outcome: completed,
    effects: allRuns,
  },
  ...['stock', 'payment', 'shipment', 'mail'].map((step) => ({
    it: `tries ${step} again when it throws once`,
    faults: { [`${step}/run`]: 'throws once' } as Faults,
    outcome: completed,
    effects: allRuns,
  })),
  {
    it: 'counts the attempts of each step anew',
    faults: {
      'stock/run': 'throws once',
      'payment/run': 'throws once',
      'shipment/run': 'throws once',
      'mail/run': 'throws once',
    },
    outcome: completed,
    effects: allRuns,
  },
  {
    it: 'counts the attempts of each undo anew',
    faults: {
      'shipment/run': 'says no',
      'payment/run': 'throws once',
      'payment/undo': 'throws once',
      'stock/undo': 'throws once',
    },
    outcome: compensated('shipment', 'SaidNo'),
    effects: 'stock/run payment/run shipment/run payment/undo stock/undo',
  },
  {
    it: 'tries undos again when they throw or say no once',
    faults: { 'payment/run': 'says no', 'payment/undo': 'throws once', 'stock/undo': 'says no once' },
    outcome: compensated('payment', 'SaidNo'),
    effects: bothUndone,
  },
  {
    it: 'needs attention when an undo keeps throwing, keeps the first cause, and leaves the earlier undo',
    faults: { 'payment/run': 'says no', 'payment/undo': 'throws' },
    outcome: stuck('payment', 'undo', because('payment', 'SaidNo')),
    effects: 'stock/run payment/run payment/undo',
  },
  {
    it: 'needs attention when the last undo keeps saying no',
    faults: { 'shipment/run': 'says no', 'stock/undo': 'says no' },
    outcome: stuck('stock', 'undo', because('shipment', 'SaidNo')),
    effects: 'stock/run payment/run shipment/run payment/undo stock/undo',
  },
]

/**
 * Declares the tests of what a saga means, over any store: each way that a step can end, a crash at every save, zombies,
 * several workers at once, and the end of a run.
 *
 * @param name - of the store, for the report
 * @param open - gives a new, empty store; the contract closes it
 * @example
 * ```ts no-run
 * import { InMemorySagaStore } from '@ashlar/saga'
 * import { sagaOrchestratorContract } from '@ashlar/saga/testing'
 *
 * sagaOrchestratorContract('memory', async () => {
 *   const sagas = new InMemorySagaStore()
 *   return { sagas, close: () => sagas.close() }
 * })
 * ```
 */
export function sagaOrchestratorContract(
  name: string,
  open: () => Promise<{ readonly sagas: SagaStore; close(): Promise<void> }>,
): void {
  describe(`sagas over ${name}`, () => {
    let opened: { readonly sagas: SagaStore; close(): Promise<void> }
    let harness: SagaHarness

    beforeEach(async () => {
      opened = await open()
      harness = new SagaHarness(opened.sagas)
    })
    afterEach(async () => {
      await harness.close()
      await opened.close()
    })

    describe('a saga', () => {
      it.each(scenarios)('$it', async ({ faults, outcome, effects }) => {
        const world = new OrderWorld(faults)
        harness.work([world.saga()])

        const saga = await harness.start(world.saga())

        expect(await saga.outcome()).toMatchObject(outcome)
        expect(world.effects.join(' ')).toBe(effects)
      })
    })

    describe.each(['before', 'after'] as const)('after a crash %s any save was committed', (moment) => {
      it.each(scenarios)('$it', async ({ faults, outcome, effects }) => {
        for (let save = 1; ; save++) {
          const world = new OrderWorld(faults)
          const saga = await harness.start(world.saga(), `o-${save}`)
          const isCrashed = await crashAtSave(harness, world, saga.outcome(), save, moment)

          harness.work([world.saga()])

          expect(await saga.outcome()).toMatchObject(outcome)
          expect(world.effects.join(' ')).toBe(effects)
          expect(await gapsInLog(harness, saga.id)).toEqual([])
          await harness.close()
          if (!isCrashed) return expect(save).toBeGreaterThan(2)
        }
      })
    })

    declareStepTests(() => harness)
    declareStartTests(() => harness)
    declareWorkerTests(() => harness)
    declareRunTests(() => harness)
  })
}

/** Lets a worker die at a save, and its lease end; tells false when the saga ended before. */
async function crashAtSave(
  harness: SagaHarness,
  world: OrderWorld,
  outcome: Promise<unknown>,
  save: number,
  moment: 'before' | 'after',
): Promise<boolean> {
  const dying = dyingStore(harness.store, save, moment)
  const worker = harness.work([world.saga()], { store: dying.store })
  await Promise.race([dying.death, outcome])
  await worker.stop()
  harness.clock.advance(leaseMs)
  return dying.isDead()
}

async function gapsInLog(harness: SagaHarness, id: string): Promise<readonly number[]> {
  const log = await harness.store.log(id)
  return log.map((line) => line.sequence).filter((sequence, index) => sequence !== index + 1)
}
