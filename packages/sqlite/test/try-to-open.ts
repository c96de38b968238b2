/** Opens a file, as another user if one is told, and tells the code of what was thrown. */
import { SqliteStorage } from '@ashlar/sqlite'

const [path = '', userId] = process.argv.slice(2)
if (userId !== undefined) process.setuid?.(Number(userId))
const told = await SqliteStorage.open({ path }).then(
  (storage) => storage.close().then(() => 'opened'),
  (error: { code: string }) => error.code,
)
console.log(told)
