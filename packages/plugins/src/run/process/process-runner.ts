import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { err, type Result } from '@ashlar/result'
import type { ChannelListener } from '../../rpc/channel.ts'
import { SocketChannel } from '../../rpc/socket-channel.ts'
import { type Carrier, type CarrierEnd, type CarrierTerms, LastWords } from '../isolated/carrier.ts'
import { isolatedMain, permissionFlags } from '../isolated/isolated-main.ts'
import { IsolatedRunner, type SpareOptions } from '../isolated/isolated-runner.ts'
import { type IsolationUnavailable, isolationUnavailable } from '../run-failure.ts'
import { residentBytes } from './resident-bytes.ts'

/**
 * How a {@link ProcessRunner} works.
 *
 * @see {@link ProcessRunner} for an example
 */
export interface ProcessRunnerOptions extends SpareOptions {}

/**
 * Runs each plugin in a process of its own, under Node's permissions, with an empty environment and a limit of memory: for
 * code that nobody vouches for.
 *
 * @example
 * ```ts
 * import { ProcessRunner } from '@ashlar/plugins'
 *
 * const runner = new ProcessRunner({ spares: 1 })
 * console.log((await runner.verify()).isOk()) // true
 * await runner.close()
 * ```
 */
export class ProcessRunner extends IsolatedRunner {
  /** @throws {@link InvalidPluginOptionError} for a number of spares that can't be */
  constructor(options: ProcessRunnerOptions = {}) {
    super('process', launch, options)
  }

  /** Lets a process try everything that a plugin must not be able to do, and looks whether its memory can be watched. */
  override async verify(): Promise<Result<void, IsolationUnavailable>> {
    if ((await residentBytes(process.pid)) === undefined)
      return err(isolationUnavailable('process', ['the memory of a process can not be watched']))
    return super.verify()
  }
}

/** What Node itself uses beside a plugin's own memory. */
const ownBytes = 96 * 2 ** 20
const lookMs = 50
const graceMs = 500
const mebibyte = 2 ** 20

function launch(terms: CarrierTerms, maxMessageBytes: () => number, listener: ChannelListener): Carrier {
  const heap = Math.max(16, Math.floor(terms.maxMemoryBytes / mebibyte))
  const flags = [...permissionFlags(terms), `--max-old-space-size=${heap}`, '--max-semi-space-size=8']
  const child = spawn(process.execPath, [...flags, isolatedMain], {
    env: {},
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const socket = child.stdio[3] as Socket
  const words = new LastWords()
  words.listenTo(child.stdout)
  words.listenTo(child.stderr)
  const ended = Promise.withResolvers<CarrierEnd>()
  let isTooLarge = false
  const watch = setInterval(() => void look(), lookMs)
  watch.unref()
  child.once('error', (thrown) =>
    finish({ cause: 'exit', detail: `it could not be started: ${thrown.message}` }),
  )
  child.once('close', (code, signal) => finish(endOf(code, signal, isTooLarge, words)))
  return {
    channel: new SocketChannel(socket, maxMessageBytes, listener),
    ended: ended.promise,
    end: () => terminated(child, ended.promise),
    hold: (isHeld) => hold(child, socket, isHeld),
  }

  async function look(): Promise<void> {
    const bytes = child.pid === undefined ? undefined : await residentBytes(child.pid)
    if (bytes === undefined || bytes <= terms.maxMemoryBytes + ownBytes) return
    isTooLarge = true
    child.kill('SIGKILL')
  }

  function finish(end: CarrierEnd): void {
    clearInterval(watch)
    socket.destroy()
    ended.resolve(end)
  }
}

function endOf(
  code: number | null,
  signal: NodeJS.Signals | null,
  isTooLarge: boolean,
  words: LastWords,
): CarrierEnd {
  if (isTooLarge || words.has('heap out of memory'))
    return { cause: 'memory', detail: 'it has used more memory than it may' }
  const how = signal === null ? `code ${code}` : signal
  return { cause: 'exit', detail: `its process has ended with ${how}${words.lastLine}` }
}

async function terminated(child: ChildProcess, ended: Promise<unknown>): Promise<boolean> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(timer)
  return true
}

function hold(child: ChildProcess, socket: Socket, isHeld: boolean): void {
  for (const part of [child, socket, child.stdout as Socket | null, child.stderr as Socket | null])
    if (isHeld) part?.ref()
    else part?.unref()
}
