import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { script, temporaryFolder } from '../test/temporary.ts'
import { SqliteStorage } from './sqlite-storage.ts'

const kills = process.env.ASHLAR_DEEP ? 25 : 3

describe('a writer that is killed', () => {
  const folder = temporaryFolder()

  it.each(['full', 'normal'])(
    'loses nothing that it was told to be safe, with synchronous = %s',
    async (synchronous) => {
      const path = join(folder(), 'a.db')
      const acknowledged = new Map<string, number>()

      for (let kill = 1; kill <= kills; kill++) {
        await writeUntilKilled(path, synchronous, 100 + kill * 37, acknowledged)

        const storage = await SqliteStorage.open({ path })
        const events = await Array.fromAsync(storage.events.read('count-1'))
        const tagged = await Array.fromAsync(storage.events.query({ anyOf: [{ tags: ['counted'] }] }))
        await storage.close()
        const stored = new Map(events.map(({ id, version }) => [id, version]))
        expect([...acknowledged].filter(([id, version]) => stored.get(id) !== version)).toEqual([])
        expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1))
        expect(tagged.length).toBe(events.length)
        expect(integrity(path)).toEqual({ integrity_check: 'ok' })
      }
      expect(acknowledged.size).toBeGreaterThan(kills * 100)
    },
  )
})

/** Kills the writer once it has told of so many events, in the midst of whatever it is doing then. */
async function writeUntilKilled(
  path: string,
  synchronous: string,
  count: number,
  acknowledged: Map<string, number>,
): Promise<void> {
  const [file, parameters] = script('append-forever.ts', [path, synchronous])
  const writer = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const hasEnded = once(writer, 'exit')
  let told = 0
  for await (const line of createInterface(writer.stdout)) {
    const [id, version] = line.split(' ')
    if (id === undefined || version === undefined) continue
    acknowledged.set(id, Number(version))
    if (++told === count) writer.kill('SIGKILL')
  }
  await hasEnded
}

function integrity(path: string): unknown {
  const database = new DatabaseSync(path)
  try {
    return database.prepare('pragma integrity_check').get()
  } finally {
    database.close()
  }
}
