import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { median } from './harness.ts'

/** Enough that a single byte for each would be a megabyte, and few enough that 15 of them fit between two collections. */
const mostOperations = 1_000_000

/** When the heap was collected. */
const collected: number[] = []
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) collected.push(startTime)
}).observe({ entryTypes: ['gc'] })

/**
 * By how many bytes an operation lets the heap grow while nothing is collected, less by how much looking at it does.
 *
 * @param work - does so many operations
 */
export async function bytesPerOperation(work: (operations: number) => void): Promise<number> {
  for (let round = 0; round < 5; round++) work(mostOperations)
  const found: number[] = []
  for (let operations = mostOperations; found.length < 5; ) {
    const bytes = await heapGrowth(() => work(operations))
    const looking = await heapGrowth(() => work(0))
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
