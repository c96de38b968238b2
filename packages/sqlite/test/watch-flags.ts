/** Watches a flag document, closes nothing, and has nothing else to do. */
import { SqliteFlagSource } from '@ashlar/sqlite'

const [path = ''] = process.argv.slice(2)
const source = await SqliteFlagSource.open({ path, pollMs: 5 })
const rounds = source.watch({ signal: new AbortController().signal })
await rounds.next()
void rounds.next()
console.log('watching')
