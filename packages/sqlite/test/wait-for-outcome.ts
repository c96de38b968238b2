/** Waits for a saga that another process works on, tells how it ended, and has nothing else to do. */
import { SagaOrchestrator } from '@ashlar/saga'
import { SqliteStorage } from '@ashlar/sqlite'
import { greeting } from './greeting.ts'

const [path = '', id = ''] = process.argv.slice(2)
const storage = await SqliteStorage.open({ path })
const handle = new SagaOrchestrator({ store: storage.sagas, sagas: [] }).handle(greeting, id)
console.log('waiting')
console.log(JSON.stringify(await handle.outcome()))
await storage.close()
