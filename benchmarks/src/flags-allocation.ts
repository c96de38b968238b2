import { bytesPerOperation } from './allocation.ts'
import { evaluator } from './flags/ashlar.ts'
import { contextsOf, type FlagKey, type FlatContext, users, workloads } from './flags/workloads.ts'
import { print } from './harness.ts'

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

function bytesPerEvaluation(ask: Ask, key: FlagKey, asked: Contexts): Promise<number> {
  return bytesPerOperation((operations) => askFor(ask, key, asked, operations))
}

function askFor(ask: Ask, key: FlagKey, asked: Contexts, operations: number): number {
  let truthy = 0
  for (let count = 0; count < operations; count++) if (ask(key, asked[count & 1023] as FlatContext)) truthy++
  return truthy
}
