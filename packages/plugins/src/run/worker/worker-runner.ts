import { Worker } from 'node:worker_threads'
import type { ChannelListener } from '../../rpc/channel.ts'
import { PortChannel } from '../../rpc/port-channel.ts'
import { type Carrier, type CarrierEnd, type CarrierTerms, LastWords } from '../isolated/carrier.ts'
import { isolatedMain, permissionFlags } from '../isolated/isolated-main.ts'
import { IsolatedRunner, type SpareOptions } from '../isolated/isolated-runner.ts'
import { reasonOf } from '../reason-of.ts'

/**
 * How a {@link WorkerRunner} works.
 *
 * @see {@link WorkerRunner} for an example
 */
export interface WorkerRunnerOptions extends SpareOptions {}

/**
 * Runs each plugin in a thread of its own: for code that is honest and may be wrong. A loop, a crash and an unhandled
 * rejection end the thread alone; one array that fills the memory ends the host.
 *
 * @example
 * ```ts
 * import { WorkerRunner } from '@ashlar/plugins'
 *
 * const runner = new WorkerRunner({ spares: 1 })
 * console.log((await runner.verify()).isOk()) // true
 * await runner.close()
 * ```
 */
export class WorkerRunner extends IsolatedRunner {
  /** @throws {@link InvalidPluginOptionError} for a number of spares that can't be */
  constructor(options: WorkerRunnerOptions = {}) {
    super('worker', launch, options)
  }
}

const unstoppableAfterMs = 5_000
const mebibyte = 2 ** 20

function launch(terms: CarrierTerms, maxMessageBytes: () => number, listener: ChannelListener): Carrier {
  const worker = new Worker(isolatedMain, {
    env: {},
    execArgv: [...permissionFlags(terms)],
    resourceLimits: {
      maxOldGenerationSizeMb: Math.max(16, Math.floor(terms.maxMemoryBytes / mebibyte)),
      maxYoungGenerationSizeMb: 16,
      stackSizeMb: 4,
    },
    stdout: true,
    stderr: true,
  })
  const words = new LastWords()
  words.listenTo(worker.stdout)
  words.listenTo(worker.stderr)
  const ended = Promise.withResolvers<CarrierEnd>()
  let error: unknown
  worker.on('error', (thrown) => {
    error = thrown
  })
  worker.on('messageerror', (thrown) => {
    error = thrown
  })
  worker.once('exit', (code) => ended.resolve(endOf(code, error, words)))
  return {
    channel: new PortChannel(worker, maxMessageBytes, listener),
    ended: ended.promise,
    end: () => terminated(worker),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
  }
}

function endOf(code: number, error: unknown, words: LastWords): CarrierEnd {
  if (Reflect.get(Object(error), 'code') === 'ERR_WORKER_OUT_OF_MEMORY')
    return { cause: 'memory', detail: 'it has used more memory than it may' }
  const why = error === undefined ? words.lastLine : `: ${reasonOf(error)}`
  return { cause: 'exit', detail: `its thread has ended with code ${code}${why}` }
}

/** A thread that fills its memory may neither end nor answer. */
async function terminated(worker: Worker): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), unstoppableAfterMs)
  const hasEnded = await Promise.race([worker.terminate().then(() => true), late.promise])
  clearTimeout(timer)
  worker.unref()
  return hasEnded
}
