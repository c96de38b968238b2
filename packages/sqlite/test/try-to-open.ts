/** Opens a file, and tells the code of what was thrown. */
import { SqliteStorage } from '@ashlar/sqlite'

const told = await SqliteStorage.open({ path: process.argv[2] ?? '' }).then(
  (storage) => storage.close().then(() => 'opened'),
  (error: { code: string }) => error.code,
)
console.log(told)
