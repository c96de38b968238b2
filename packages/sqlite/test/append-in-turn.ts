/** Appends to one stream with expected versions, again after each conflict, then closes the storage and ends by itself. */
import { createContext } from '@ashlar/kernel'
import { SqliteStorage } from '@ashlar/sqlite'

const [path = '', count = '1'] = process.argv.slice(2)
const storage = await SqliteStorage.open({ path, synchronous: 'normal' })
const context = createContext()
let conflicts = 0

for (let appended = 0; appended < Number(count); ) {
  const expected = (await storage.events.streamInfo('count-1'))?.version ?? 0
  const events = [{ type: 'Counted', data: { by: process.pid, after: expected } }]
  const result = await storage.events.append({ stream: 'count-1', expected, events }, context)
  if (result.isOk()) appended++
  else conflicts++
}
await storage.close()
console.log(JSON.stringify({ conflicts }))
