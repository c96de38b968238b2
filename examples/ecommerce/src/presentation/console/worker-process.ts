import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Another process that works on the shop's files. */
export type WorkerProcess = {
  readonly pid: number | undefined
  /** Kills it without a warning; tells the signal that it died of. */
  readonly kill: () => Promise<string>
  /** Asks it to end; tells its exit code. */
  readonly end: () => Promise<number>
}

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))
/** Short, so that nobody waits long for the work of the dead. */
const leaseMs = 400
const lookEveryMs = 5
const patienceMs = 30_000

/** Starts `worker` of this program in a process of its own, which doesn't outlive the work with it. */
export async function withWorker(
  directory: string,
  work: (worker: WorkerProcess) => Promise<void>,
): Promise<void> {
  const argv = ['worker', '--directory', directory, '--lease-ms', String(leaseMs)]
  const child = spawn(process.execPath, [...process.execArgv, main, ...argv], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  try {
    await work({
      pid: child.pid,
      kill: async () => (await stop('SIGKILL'))[1] ?? 'nothing',
      end: async () => (await stop('SIGTERM'))[0] ?? -1,
    })
  } finally {
    await stop('SIGKILL')
    process.off('exit', killAtExit)
  }
}

/** Waits until something can be seen from outside, as one looks at another process. */
export async function soon(holds: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(patienceMs)
  while (!holds()) await setTimeout(lookEveryMs, undefined, { signal: deadline })
}
