import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyFailure, err, failure, type Result } from '@ashlar/result'
import { openShop } from '../composition.ts'
import { InvoiceCatalogue } from '../infrastructure/replay/invoice-catalogue.ts'
import { readRetailFile } from '../infrastructure/replay/retail-file.ts'
import type { RetailYear } from '../infrastructure/replay/retail-year.ts'
import { withEndingSignals } from './ending-signals.ts'
import { Progress } from './replay/progress.ts'
import { type ReplayOptions, readReplayOptions } from './replay/replay-options.ts'
import { linesOf, type Replayed, replayYear } from './replay/replay-year.ts'
import { type Report, tableOf } from './replay/report.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

const usage = `Replays a file of Online Retail (UCI) through carts and orders.

Usage: npm run shop -- replay FILE.csv[.gz] [options]

Options:
  --store KIND       memory or sqlite, sqlite unless told
  --limit-rows N     replays the first N rows only
  --directory DIR    where the shop's files go and stay, a temporary folder unless told
  --json             prints one line of JSON instead of a table
  --help             shows this text`

const interruptedCode = 130

/** Takes what follows `replay` on the command line, and gives the exit code. */
export async function runReplay(argv: readonly string[]): Promise<number> {
  const options = readReplayOptions(argv)
  if (options.isErr()) return complain(`${options.error.message}\n\n${usage}`, 2)
  if (options.value === undefined) return say(usage)

  const interrupted = new AbortController()
  const interrupt = () => {
    if (interrupted.signal.aborted) process.exit(sayInterrupted())
    interrupted.abort()
  }
  try {
    const { value: wanted } = options
    const report = await withEndingSignals(interrupt, () => replay(wanted, interrupted.signal))
    if (report.isErr()) return complain(report.error.message)
    return say(wanted.isJson ? JSON.stringify(report.value) : tableOf(report.value))
  } catch (error) {
    if (interrupted.signal.aborted) return sayInterrupted()
    return complain(`the replay was stopped: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function replay(options: ReplayOptions, signal: AbortSignal): Promise<Result<Report, AnyFailure>> {
  const startMs = performance.now()
  const { file, directory } = options
  if (directory !== undefined && existsSync(join(directory, 'shop.db')))
    return err(failure('DirectoryUsed', `--directory must hold no shop yet, found one in "${directory}"`))
  const year = await readRetailFile(file, { ...options, signal })
  if (year.isErr()) return err(year.error)
  const replayed = await inDirectory(directory, (folder) => replayIn(folder, year.value, options, signal))
  return year.map(() => ({ ...replayed, seconds: Math.round(performance.now() - startMs) / 1_000 }))
}

async function inDirectory<T>(
  directory: string | undefined,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (directory === undefined) return inTemporaryFolder(work)
  await mkdir(directory, { recursive: true })
  return work(directory)
}

async function replayIn(
  directory: string,
  year: RetailYear,
  { store }: ReplayOptions,
  signal: AbortSignal,
): Promise<Replayed> {
  const catalogue = new InvoiceCatalogue()
  const shop = await openShop({ store, directory, catalogue, isFulfilling: false })
  const progress = new Progress(linesOf(year.buyers), process.stderr, () => performance.now())
  try {
    return await replayYear(year, { shop, catalogue, signal, onLine: () => progress.step() })
  } finally {
    progress.end()
    await shop.close()
  }
}

function say(text: string): number {
  console.log(text)
  return 0
}

function sayInterrupted(): number {
  return complain('the replay was interrupted', interruptedCode)
}

function complain(problem: string, exitCode = 1): number {
  console.error(problem)
  return exitCode
}
