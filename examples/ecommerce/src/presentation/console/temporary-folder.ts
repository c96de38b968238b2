import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Works in a folder that is gone afterwards, even when the process is told to end half-way. */
export async function inTemporaryFolder<Value>(work: (directory: string) => Promise<Value>): Promise<Value> {
  const directory = await mkdtemp(join(tmpdir(), 'ashlar-shop-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const end = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal])
  process.once('exit', remove)
  for (const signal of endings) process.once(signal, end)
  try {
    return await work(directory)
  } finally {
    for (const signal of endings) process.off(signal, end)
    process.off('exit', remove)
    remove()
  }
}
