import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Figure } from './figure.ts'
import { summaryOf, tableHead, tableRow } from './table.ts'

const areas: ReadonlyMap<string, URL> = new Map([
  ['cqrs', new URL('cqrs.ts', import.meta.url)],
  ['event-store', new URL('event-store.ts', import.meta.url)],
  ['types', new URL('type-cost.ts', import.meta.url)],
])

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, repetitions: { type: 'string' } },
})

const wanted = positionals.length === 0 ? [...areas.keys()] : positionals
const unknown = wanted.filter((area) => !areas.has(area))
if (unknown.length > 0) refuse(`no area "${unknown.join('", "')}"; there are ${[...areas.keys()].join(', ')}`)
const { repetitions } = options
if (repetitions !== undefined && !/^[1-9]\d{0,3}$/.test(repetitions))
  refuse(`--repetitions must be a whole number from 1 to 9999, found "${repetitions}"`)

const figures: Figure[] = []
if (!options.json) console.log(tableHead)
for (const area of wanted) await run(areas.get(area) as URL)
if (!options.json) console.log(`\n${summaryOf(figures)}`)

/** Each area has a process of its own, so that none is measured with code that another has warmed up or spoiled. */
async function run(area: URL): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      '--expose-gc',
      fileURLToPath(area),
      ...(repetitions === undefined ? [] : ['--repetitions', repetitions]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise((resolve) => child.once('close', resolve))
  for await (const line of createInterface({ input: child.stdout })) {
    const figure = JSON.parse(line) as Figure
    figures.push(figure)
    console.log(options.json ? line : tableRow(figure))
  }
  if ((await ended) !== 0) process.exit(1)
}

function refuse(message: string): never {
  console.error(message)
  process.exit(2)
}
