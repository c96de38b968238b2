import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ServiceName } from '../services/routes.ts'

/** A part of the shop in a process of its own. */
export type ServiceProcess = {
  readonly pid: number | undefined
  /** Where it says that it listens. */
  readonly port: number
  /** Kills it without a warning. */
  readonly kill: () => Promise<void>
  /** Asks it to leave; tells its exit code. */
  readonly end: () => Promise<number>
}

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))

/** Starts `serve` of this program, and waits until it is at work. */
export async function startService(
  service: ServiceName,
  directory: string,
  registry: string,
): Promise<ServiceProcess> {
  const argv = ['serve', service, '--directory', directory, '--registry', registry]
  const child = spawn(process.execPath, [...process.execArgv, main, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  void ended.then(() => process.off('exit', killAtExit))
  const lines = createInterface({ input: child.stdout })
  const said = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    ended.then(([code]) =>
      Promise.reject(new Error(`${service} has ended with ${code} before it was at work`)),
    ),
  ])
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return (await ended)[0] ?? -1
  }
  return {
    pid: child.pid,
    port: Number(/:(\d+) /.exec(said)?.[1]),
    kill: async () => void (await stop('SIGKILL')),
    end: () => stop('SIGTERM'),
  }
}
