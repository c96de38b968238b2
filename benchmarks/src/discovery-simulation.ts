import {
  type BalancerPolicy,
  leastRequests,
  p2cEwma,
  random,
  roundRobin,
  ServiceDiscovery,
  standard,
} from '@ashlar/service-discovery'
import { ScriptedRegistry } from '@ashlar/service-discovery/testing'
import {
  callsPerMs,
  oneSlow,
  percentile,
  simulate,
  tenInstances,
} from '../../packages/service-discovery/test/balance/simulation.ts'
import { median, print } from './harness.ts'

const seeds = [1, 2, 3, 4, 5]
const calls = 60_000

/** The slowest hundredth in virtual time, in the middle of several seeds. */
function p99Of(policy: BalancerPolicy, instances: typeof tenInstances): number {
  return median(
    seeds.map((seed) => percentile(simulate({ policy, instances, callsPerMs, calls, seed }), 0.99)),
  )
}

const healthy = p99Of(p2cEwma(), tenInstances)
print({ bench: 'discovery/simulated-p99-all-healthy', value: round(healthy), unit: 'ms', better: 'lower' })
for (const [policy, goal] of [
  [p2cEwma(), 1.5],
  [leastRequests(), undefined],
  [random(), undefined],
  [roundRobin(), undefined],
] as const)
  print({
    bench: `discovery/simulated-p99-one-slow-${policy.name}`,
    value: round(p99Of(policy, oneSlow) / healthy),
    unit: 'x all healthy',
    ...(goal !== undefined && { goal }),
    better: 'lower',
  })

/** One of ten fails every call: how many of the callers see it, and how many attempts there are for each call. */
const registry = new ScriptedRegistry()
registry.tell(
  'orders',
  Array.from({ length: 10 }, (_, at) => ({ id: `i-${at}`, host: `10.0.0.${at + 1}`, port: 80 })),
)
await using discovery = new ServiceDiscovery({ registry })
const client = discovery.serviceClient('orders', {
  resilience: standard({ breakerOpenMs: 100, retryDelayMs: 1 }),
  outliers: { ejectionMs: 100 },
})
let attempts = 0
let seen = 0
for (let call = 0; call < calls; call++) {
  const answer = await client.execute(
    async ({ id }) => {
      attempts++
      if (id === 'i-3') throw new Error('always')
      return id
    },
    { isIdempotent: true },
  )
  if (answer.isErr()) seen++
}
print({
  bench: 'discovery/one-failing-errors-seen',
  value: round((100 * seen) / calls),
  unit: '%',
  goal: 0.1,
  better: 'lower',
})
print({
  bench: 'discovery/one-failing-attempts',
  value: Number((attempts / calls).toFixed(4)),
  unit: 'per call',
  goal: 1.2,
  better: 'lower',
})
await registry.close()

function round(value: number): number {
  return Number(value.toPrecision(3))
}
