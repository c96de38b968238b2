// Works on accounts until it kills itself at a statement: node crash-worker.ts PLACE PAIR STATEMENT before|during|after
import { writeSync } from 'node:fs'
import { orThrow } from '@ashlar/result'
import { CrashLedger } from './crash-ledger.ts'

const [place = '', pair = '', statement = '', when = ''] = process.argv.slice(2)
let statements = 0

const ledger = await CrashLedger.open(place, (moment) => {
  if (moment.when === 'before') statements++
  if (statements === Number(statement) && moment.when === when) process.kill(process.pid, 'SIGKILL')
})
const say = (what: string) => writeSync(1, `${what}\n`)

await orThrow(ledger.openPair(pair))
say('stored')
for (const how of ['save', 'refuse', 'save', 'remove'] as const) {
  const result = await ledger.movePair(pair, how)
  say(result.isOk() ? 'stored' : 'refused')
}
await ledger.close()
say(`ended after ${statements}`)
