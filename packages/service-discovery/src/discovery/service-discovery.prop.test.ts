import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BalancerPolicy } from '../balance/balancer.ts'
import { consistentHash } from '../balance/consistent-hash.ts'
import { leastRequests } from '../balance/least-requests.ts'
import { p2cEwma } from '../balance/p2c-ewma.ts'
import { random } from '../balance/random.ts'
import { roundRobin } from '../balance/round-robin.ts'
import { weighted } from '../balance/weighted.ts'
import type { ServiceClient } from '../client/service-client.ts'
import { standard } from '../client/standard.ts'
import type { InstanceHealth } from '../registry/instance.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { ServiceDiscovery } from './service-discovery.ts'

const numRuns = process.env.ASHLAR_DEEP ? 10_000 : 1_000
const policies: readonly BalancerPolicy[] = [
  p2cEwma(),
  random(),
  roundRobin(),
  leastRequests(),
  weighted(),
  consistentHash(),
]

type Step =
  | { readonly kind: 'join'; readonly id: string; readonly port: number }
  | { readonly kind: 'leave'; readonly id: string }
  | { readonly kind: 'stand'; readonly id: string; readonly health: InstanceHealth }
  | { readonly kind: 'fail'; readonly id: string; readonly times: number }
  | { readonly kind: 'outage' | 'recover' }
  | { readonly kind: 'pass'; readonly ms: number }

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('join' as const), id, port: fc.constantFrom(80, 81) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), id }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('stand' as const),
      id,
      health: fc.constantFrom(
        'passing' as const,
        'warning' as const,
        'critical' as const,
        'draining' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('fail' as const), id, times: fc.constantFrom(1, 6) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('outage' as const, 'recover' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1_000, 40_000) }),
  },
)

type Present = { readonly id: string; readonly host: string; readonly port: number; health: InstanceHealth }

/** What is really there, and what the registry has told of it. */
class World {
  readonly registry = new ScriptedRegistry()
  readonly timer: ManualTimer = manualTimer()
  readonly present = new Map<string, Present>()
  /** Addresses that can be called, as they were told last. */
  told: ReadonlySet<string> = new Set()
  /** Addresses at which a call has failed since they were told first. */
  blamed = new Set<string>()
  #isOut = false

  take(step: Step): void {
    const there = 'id' in step ? this.present.get(step.id) : undefined
    switch (step.kind) {
      case 'join':
        this.present.set(step.id, {
          id: step.id,
          host: `host-${step.id}`,
          port: step.port,
          health: 'passing',
        })
        break
      case 'leave':
        this.present.delete(step.id)
        break
      case 'stand':
        if (there !== undefined) there.health = step.health
        break
      case 'outage':
        this.#isOut = true
        break
      case 'recover':
        this.#isOut = false
        break
      case 'pass':
        this.timer.advance(step.ms)
    }
    if (this.#isOut) return this.registry.fail()
    const instances = [...this.present.values()].map((one) => ({ ...one }))
    this.registry.tell('orders', instances)
    const callable = instances.filter(({ health }) => health === 'passing' || health === 'warning')
    this.told = new Set(callable.map(addressOf))
    this.blamed = new Set([...this.blamed].filter((address) => this.told.has(address)))
  }
}

const addressOf = ({ id, port }: { readonly id: string; readonly port: number }) => `${id}:${port}`

/** Calls until one instance was called so often, each time in vain. */
async function failAt(client: ServiceClient, world: World, id: string, times: number): Promise<void> {
  let failures = 0
  for (let calls = 0; calls < 40 && failures < times; calls++)
    await client
      .execute(
        (instance) => {
          if (instance.id !== id) return
          failures++
          world.blamed.add(addressOf(instance))
          throw new Error('broken')
        },
        { key: `${calls}` },
      )
      .then((answer) => answer.isOk())
}

/** Lets what was told arrive. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await Promise.resolve()
}

it('never chooses one that has left or drains, and never nobody while somebody is well', async () => {
  const outcomes = { chosen: 0, none: 0, ejected: 0, panics: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.nat({ max: policies.length - 1 }),
      fc.integer({ min: 1, max: 1e6 }),
      async (steps, policy, seed) => {
        const world = new World()
        world.registry.tell('orders', [])
        let chance = seed
        const next = () => {
          chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0
          return chance / 2 ** 32
        }
        const { registry, timer } = world
        const discovery = new ServiceDiscovery({
          registry,
          timer,
          random: { next },
          massDrop: false,
          outliers: { consecutiveFailures: 3, maxEjectedShare: 1 },
          resilience: standard({ attempts: 1, breakerFailures: 5 }),
          balancer: policies[policy] ?? random(),
        })
        const client = discovery.serviceClient('orders')
        await orThrow(discovery.snapshot('orders'))

        for (const step of steps) {
          world.take(step)
          await settled()
          if (step.kind === 'fail') await failAt(client, world, step.id, step.times)

          for (let picks = 0; picks < 4; picks++) {
            const endpoint = await client.endpoint({ key: `${picks}` })
            const picked = client.pick()
            if (picked !== undefined) expect(world.told).toContain(addressOf(picked))
            if (endpoint.isOk()) {
              outcomes.chosen++
              expect(world.told).toContain(addressOf(endpoint.value))
              if (world.blamed.has(addressOf(endpoint.value))) outcomes.panics++
            } else if (endpoint.error.type === 'AllEjected') {
              outcomes.ejected++
              expect(world.told.size).toBeGreaterThan(0)
              expect([...world.told].filter((address) => !world.blamed.has(address))).toEqual([])
            } else {
              outcomes.none++
              expect([endpoint.error.type, world.told.size]).toEqual(['NoInstances', 0])
            }
          }
        }
        await discovery.close()
        await registry.close()
        expect(timer.waits).toEqual([])
      },
    ),
    { numRuns },
  )

  // a property that never gets anywhere proves nothing
  expect(Object.values(outcomes).every((count) => count > 0)).toBe(true)
}, 600_000)
