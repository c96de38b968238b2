// Prints how many tests a junit report holds, and how many of them failed: `node scripts/junit-counts.mjs FILE`.
import { readFileSync } from 'node:fs'

const [, opening] = /<testsuites\b([^>]*)>/.exec(readFileSync(process.argv[2], 'utf8')) ?? []
if (opening === undefined) throw new Error(`${process.argv[2]} is no junit report`)
const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(opening)?.[1] ?? 0)
console.log(count('tests'), count('failures') + count('errors'))
