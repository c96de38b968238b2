/** Saves flag documents one after the other, and tells the revision of each. */
import { SqliteFlagSource } from '@ashlar/sqlite'

const [path = '', count = '1'] = process.argv.slice(2)
const source = await SqliteFlagSource.open({ path })
for (let saved = 0; saved < Number(count); saved++) {
  const result = await source.save({ version: 1, flags: {}, by: process.pid, saved })
  console.log(result._unsafeUnwrap().revision)
}
await source.close()
