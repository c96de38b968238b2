/** A process that ends as it is told by its first argument, and writes a line for each step. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { err, ok } from '@ashlar/result'
import { healthEndpoints } from '../../src/health/health-endpoints.ts'
import {
  type Releasable,
  type ReleaseOnSignalsOptions,
  releaseOnSignals,
} from '../../src/health/release-on-signals.ts'

type Case = {
  readonly options: ReleaseOnSignalsOptions
  readonly subjects: readonly Releasable[]
  afterwards?(stop: () => void): void
}

const health = healthEndpoints()
const quick = { drainMs: 50, timeoutMs: 200 }

/** Serves, and keeps a request waiting until it is told to let it go. */
async function serving(): Promise<Case> {
  const letGo = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    if (health.listener(request, response)) return
    if (request.url === '/let-go') letGo.resolve()
    else say('request begun')
    await letGo.promise
    response.end('served')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  clearInterval(alive)
  say(`port ${(server.address() as AddressInfo).port}`)
  return { options: { drainMs: 1_500, timeoutMs: 20_000 }, subjects: [health, server] }
}

const alive = setInterval(() => {}, 1_000)
const cases = new Map<string, () => Case | Promise<Case>>([
  ['serving', serving],
  [
    'all',
    () => ({
      options: quick,
      subjects: [
        {
          drain: () => {
            health.drain()
            say(`health ${health.isDraining}`)
          },
        },
        {
          drain: async () => {
            say('lease drained')
            return ok(undefined)
          },
          release: async () => {
            say('lease released')
            return ok(undefined)
          },
          close: () => say('never closed'),
        },
        { [Symbol.asyncDispose]: async () => say('server disposed'), close: () => say('never closed') },
        { close: async () => say('registry closed') },
      ],
    }),
  ],
  [
    'failing',
    () => ({
      options: {
        ...quick,
        logger: {
          debug() {},
          info() {},
          error() {},
          warn: ({ step }: { step?: string }) => say(`warned ${step}`),
        },
      },
      subjects: [
        {
          drain: () => {
            throw null
          },
          release: () => new Promise(() => {}),
        },
        {
          drain: async () => err({ type: 'RegistryUnavailable' }),
          release: () => Promise.reject(new Error('no')),
        },
        { close: () => say('last closed') },
      ],
    }),
  ],
  [
    'hanging',
    () => ({
      options: { drainMs: 3_600_000, timeoutMs: 3_600_000 },
      subjects: [
        {
          drain: () => {
            say('draining')
          },
        },
      ],
    }),
  ],
  [
    'staying',
    () => ({
      options: { ...quick, exit: false },
      subjects: [
        {
          close: () => {
            say('closed')
            setTimeout(() => {
              say('stayed')
              clearInterval(alive)
            }, 50)
          },
        },
      ],
    }),
  ],
  [
    'stopped',
    () => ({
      options: quick,
      subjects: [{ close: () => say('never closed') }],
      afterwards: (stop) => {
        stop()
        stop()
      },
    }),
  ],
  [
    'two',
    () => {
      releaseOnSignals({ close: () => say('first closed') }, { drainMs: 0 })
      return { options: { drainMs: 100 }, subjects: [{ close: () => say('second closed') }] }
    },
  ],
  [
    'listened',
    () => {
      process.on('SIGTERM', () => {
        say('heard')
      })
      return {
        options: quick,
        subjects: [
          {
            close: () => {
              say('closed')
              setTimeout(() => {
                say('decided')
                process.exit(7)
              }, 50)
            },
          },
        ],
      }
    },
  ],
  [
    'listened-hanging',
    () => {
      process.on('SIGTERM', () => {})
      return {
        options: { drainMs: 3_600_000 },
        subjects: [
          {
            drain: () => {
              say('draining')
            },
          },
        ],
      }
    },
  ],
])

const chosen = await cases.get(process.argv[2] ?? '')?.()
if (chosen === undefined) throw new Error('no such case')
const stop = releaseOnSignals(chosen.subjects, chosen.options)
chosen.afterwards?.(stop)
say('up')

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
