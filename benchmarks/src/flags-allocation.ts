import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { evaluator } from './flags/ashlar.ts'
import { contextsOf, type FlagKey, type FlatContext, users, workloads } from './flags/workloads.ts'
import { median, print } from './harness.ts'

type Ask = (key: FlagKey, context: FlatContext) => unknown
type BooleanKey = Exclude<FlagKey, 'variants'>

const ways: ReadonlyMap<string, Ask> = new Map<string, Ask>([
  ['value', (key, context) => evaluator.value(key, context)],
  ['enabled', (key, context) => evaluator.enabled(key as BooleanKey, context)],
  ['details', (key, context) => evaluator.details(key, context)],
])
type Contexts = readonly FlatContext[]
const contexts = contextsOf(users)
/** Contexts of more shapes than the engine remembers for one place of the code. */
const contextsOfEightShapes = contexts.map((context, index) => ({ [`from${index % 8}`]: true, ...context }))
/** Enough that a single byte for each would be a megabyte, and few enough that 15 of them fit between two collections. */
const evaluations = 1_000_000

/** When the heap was collected. */
const collected: number[] = []
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) collected.push(startTime)
}).observe({ entryTypes: ['gc'] })

for (const [name, ask] of ways) {
  let worst = 0
  for (const { key } of workloads) worst = Math.max(worst, await bytesPerEvaluation(ask, key, contexts))
  print({
    bench: `flags/allocation-${name}`,
    value: worst,
    unit: 'bytes/evaluation',
    goal: 0,
    better: 'lower',
  })
}

print({
  bench: 'flags/allocation-shapes',
  value: await bytesPerEvaluation(
    (key, context) => evaluator.value(key, context),
    'fifty',
    contextsOfEightShapes,
  ),
  unit: 'bytes/evaluation',
  better: 'lower',
})

/** By how much the heap grows while nothing is collected, less by how much looking at it lets it grow. */
async function bytesPerEvaluation(ask: Ask, key: FlagKey, asked: Contexts): Promise<number> {
  for (let round = 0; round < 5; round++) askFor(ask, key, asked, evaluations)
  const found: number[] = []
  for (let operations = evaluations; found.length < 5; ) {
    const bytes = await heapGrowth(() => askFor(ask, key, asked, operations))
    const looking = await heapGrowth(() => askFor(ask, key, asked, 0))
    if (bytes === undefined || looking === undefined) operations = Math.ceil(operations / 2)
    else found.push((bytes - looking) / operations)
  }
  return Math.max(Number(median(found).toFixed(2)), 0)
}

/** The bytes that work leaves on the heap; undefined if some were collected meanwhile. */
async function heapGrowth(work: () => void): Promise<number | undefined> {
  collectGarbage()
  const start = performance.now()
  const before = process.memoryUsage().heapUsed
  work()
  const bytes = process.memoryUsage().heapUsed - before
  const end = performance.now()
  // Collections are told in order and later: once this one is, those before it are
  collectGarbage()
  while ((collected.at(-1) ?? 0) < end) await setImmediate()
  return collected.some((at) => at >= start && at < end) ? undefined : bytes
}

/** Young garbage only: a full collection also throws code away, and what is compiled anew goes to the heap. */
function collectGarbage(): void {
  void globalThis.gc?.({ execution: 'sync', type: 'minor' })
}

function askFor(ask: Ask, key: FlagKey, asked: Contexts, operations: number): number {
  let truthy = 0
  for (let count = 0; count < operations; count++) if (ask(key, asked[count & 1023] as FlatContext)) truthy++
  return truthy
}
