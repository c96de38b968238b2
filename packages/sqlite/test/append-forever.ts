/** Appends to one stream from several callers at once, and tells what was acknowledged, until it is killed. */
import { createContext, uuidv7 } from '@ashlar/kernel'
import { SqliteStorage } from '@ashlar/sqlite'

const [path = '', synchronous] = process.argv.slice(2)
const storage = await SqliteStorage.open({ path, synchronous: synchronous === 'normal' ? 'normal' : 'full' })
const context = createContext()

await Promise.all(Array.from({ length: 16 }, appendForever))

async function appendForever(): Promise<void> {
  for (;;) {
    const id = uuidv7.next()
    const event = { id, type: 'Counted', data: { id }, tags: ['counted'] }
    const result = await storage.events.append(
      { stream: 'count-1', expected: 'any', events: [event] },
      context,
    )
    process.stdout.write(`${id} ${result._unsafeUnwrap().streams[0]?.version}\n`)
  }
}
