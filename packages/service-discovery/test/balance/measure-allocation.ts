/** Prints how many bytes of heap each balancer's choice and report take; run by itself, without a collection in between. */
import { consistentHash } from '../../src/balance/consistent-hash.ts'
import { leastRequests } from '../../src/balance/least-requests.ts'
import { p2cEwma } from '../../src/balance/p2c-ewma.ts'
import { random } from '../../src/balance/random.ts'
import { roundRobin } from '../../src/balance/round-robin.ts'
import { weighted } from '../../src/balance/weighted.ts'
import { zoneAware } from '../../src/balance/zone-aware.ts'
import type { PooledTarget } from '../../src/pool/pooled-target.ts'
import { seededRandom } from './seeded-random.ts'
import { targetsOf } from './some-targets.ts'

const calls = 1_000_000
const keys = Array.from({ length: 1_024 }, (_, at) => (at % 4 === 0 ? `고객-${at}` : `customer-${at}`))
// not numbers only, so that each is on the heap already, as one that a caller has measured is
const latencies: readonly unknown[] = ['none', ...Array.from({ length: 1_023 }, (_, at) => 5.5 + (at % 97))]
let nowMs = 0
const timer = { now: () => nowMs, after: () => () => {} }

const policies = [
  roundRobin(),
  random(),
  weighted(),
  leastRequests(),
  p2cEwma(),
  consistentHash(),
  zoneAware(p2cEwma(), { zone: 'here' }),
]
const ways: { [name: string]: (call: number) => unknown } = {}
for (const policy of policies) {
  const balancer = policy.create({ random: seededRandom(1), timer })
  const targets = targetsOf([1, 2, 3, 1, 2, 3, 1, 2, 3, 65_535])
  targets.forEach((target, at) => {
    target.inFlight = at % 3
  })
  balancer.update(targets)
  ways[`pick of ${policy.name}`] = () => balancer.pick(undefined)
  ways[`pick of ${policy.name} with a key`] = (call) => balancer.pick(keys[call & 1_023])
  if (balancer.report === undefined) continue
  ways[`report of ${policy.name}`] = (call) => {
    // some sweeps among the reports
    if ((call & 63) === 0) nowMs++
    const target = targets[call % 10] as PooledTarget
    return balancer.report?.(target, latencies[call & 1_023] as number, (call & 7) === 0)
  }
}
ways['an object made each time'] = (call) => ({ call })

let kept: unknown
function ask(way: (call: number) => unknown): void {
  for (let call = 0; call < calls; call++) kept = way(call)
}

/** Code may be compiled anew meanwhile, which goes to the heap as well: the least of several counts. */
function measured(way: (call: number) => unknown): number {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  ask(way)
  return (process.memoryUsage().heapUsed - before) / calls
}

const bytes: { [name: string]: number } = {}
for (const [name, way] of Object.entries(ways)) {
  ask(way)
  ask(way)
  bytes[name] = Math.min(measured(way), measured(way), measured(way))
}
console.log(JSON.stringify({ bytes, last: typeof kept }))
