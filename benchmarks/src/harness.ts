import type { Comparison, Figure } from './figure.ts'

/**
 * One of two that are compared: makes a batch of operations, and is timed only while it runs.
 *
 * @param operations - how many
 * @returns the work; a promise that it returns is awaited
 */
export type Contender = (operations: number) => Batch | Promise<Batch>

/** Work that is timed. */
export type Batch = () => unknown

/** What to compare, and how. */
export interface Pair {
  readonly bench: string
  readonly baseline: string
  readonly goal?: number
  readonly ours: Contender
  readonly theirs: Contender
  /** How many operations a batch has; as many as fill `batchMs` unless told, found out for each side. */
  readonly operations?: number
  /** How long a batch should last at least; 10 unless told. */
  readonly batchMs?: number
}

const flag = process.argv.indexOf('--repetitions')
/** How often to measure, as asked for on the command line. */
export const repetitionsWanted: number = flag < 0 ? 11 : Number(process.argv[flag + 1])
const warmUps = 3

/**
 * Times two contenders in turns (ours, theirs, theirs, ours) and prints the median of the ratios.
 *
 * What disturbs the machine for longer than four batches disturbs both sides alike; what is shorter, the median leaves out.
 */
export async function compare(pair: Pair): Promise<void> {
  const { bench, baseline, goal, ours, theirs } = pair
  const batchMs = pair.batchMs ?? 10
  const ourOperations = pair.operations ?? (await operationsFor(ours, batchMs))
  const theirOperations = pair.operations ?? (await operationsFor(theirs, batchMs))
  const timeOurs = () => time(ours, ourOperations)
  const timeTheirs = () => time(theirs, theirOperations)

  const ratios: number[] = []
  for (let round = -warmUps; round < repetitionsWanted; round++) {
    const first = await timeOurs()
    const others = (await timeTheirs()) + (await timeTheirs())
    const ratio = others / (first + (await timeOurs()))
    if (round >= 0) ratios.push(ratio)
  }
  const comparison: Comparison = {
    bench,
    subject: 'ashlar',
    baseline,
    ratio: Number(median(ratios).toPrecision(3)),
    ...(goal !== undefined && { goal }),
    repetitions: repetitionsWanted,
  }
  print(comparison)
}

/** Prints a figure as one line of JSON. */
export function print(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`)
}

/** The value in the middle; of two, the higher. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

/** Doubles the batch until it lasts long enough. */
async function operationsFor(contender: Contender, batchMs: number): Promise<number> {
  for (let operations = 64; ; operations *= 2) {
    const lasted = (await time(contender, operations)) * operations
    if (lasted >= batchMs) return Math.ceil((operations * batchMs) / lasted)
  }
}

/** Milliseconds per operation. */
async function time(contender: Contender, operations: number): Promise<number> {
  const batch = await contender(operations)
  collectGarbage()
  const start = performance.now()
  const done = batch()
  if (done instanceof Promise) await done
  return (performance.now() - start) / operations
}

/**
 * Young garbage only: a full collection also forgets hidden classes that no object has at the moment, and with them the
 * code that was optimised for them, which no program that runs on would see.
 */
function collectGarbage(): void {
  void globalThis.gc?.({ execution: 'sync', type: 'minor' })
}
