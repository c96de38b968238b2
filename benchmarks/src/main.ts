import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Figure, inTheMiddle } from './figure.ts'
import { summaryOf, tableHead, tableRow } from './table.ts'

/** What is measured in a process of its own, one after the other. */
const areas: ReadonlyMap<string, readonly string[]> = new Map([
  ['cqrs', ['cqrs.ts', 'values.ts', 'paging.ts']],
  ['event-store', ['event-store.ts']],
  ['flags', ['flags.ts', 'flags-rules.ts', 'flags-load.ts', 'flags-allocation.ts']],
  ['plugins', ['plugins.ts', 'plugins-start.ts', 'plugins-reload.ts', 'plugins-lag.ts']],
  ['discovery', ['discovery.ts', 'discovery-simulation.ts', 'discovery-memory.ts', 'discovery-etcd.ts']],
  ['types', ['type-cost.ts']],
])

const processes = 3
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, repetitions: { type: 'string', default: '33' } },
})

const wanted = positionals.length === 0 ? [...areas.keys()] : positionals
const unknown = wanted.filter((area) => !areas.has(area))
if (unknown.length > 0) refuse(`no area "${unknown.join('", "')}"; there are ${[...areas.keys()].join(', ')}`)
const { repetitions } = options
if (!/^[1-9]\d{0,3}$/.test(repetitions))
  refuse(`--repetitions must be a whole number from 1 to 9999, found "${repetitions}"`)

const figures: Figure[] = []
if (!options.json) console.log(tableHead)
for (const part of wanted.flatMap((area) => areas.get(area) ?? [])) {
  const runs: Figure[][] = []
  for (let run = 0; run < processes; run++) runs.push(await measure(new URL(part, import.meta.url)))
  for (const figure of inTheMiddle(runs)) {
    figures.push(figure)
    console.log(options.json ? JSON.stringify(figure) : tableRow(figure))
  }
}
if (!options.json) console.log(`\n${summaryOf(figures)}`)

/**
 * Measures a part of an area in a process of its own, so that it does not run code that another has warmed up or spoiled.
 *
 * It is done several times over, because the engine does not compile the same program the same way each time.
 */
async function measure(part: URL): Promise<Figure[]> {
  const perProcess = Math.ceil(Number(repetitions) / processes)
  const args = ['--expose-gc', fileURLToPath(part), '--repetitions', String(perProcess)]
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const measured: Figure[] = []
  for await (const line of createInterface({ input: child.stdout })) measured.push(JSON.parse(line) as Figure)
  if ((await ended) !== 0) process.exit(1)
  return measured
}

function refuse(message: string): never {
  console.error(message)
  process.exit(2)
}
