import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Rounds after which whatever can be collected has been. */
const rounds = 20

/** Collects garbage, and lets those be told who wait for it, until something has settled or cannot. */
export async function collectGarbage(until?: Promise<unknown>): Promise<void> {
  let isDone = false
  void until?.then(() => {
    isDone = true
  })
  for (let round = 0; round < rounds && !isDone; round++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
