import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { disarmSockets } from './disarm-sockets.ts'
import type { IsolatedRights } from './start-order.ts'

/** Doors of Node's `process` that lead out of the realm, or to other processes. */
const doors = [
  'kill',
  '_kill',
  '_debugProcess',
  '_debugEnd',
  '_startProfilerIdleNotifier',
  '_getActiveHandles',
  '_getActiveRequests',
  '_linkedBinding',
  'binding',
  'dlopen',
  'getBuiltinModule',
  'loadEnvFile',
  'mainModule',
  'report',
  'setSourceMapsEnabled',
  'execve',
  'chdir',
  'openStdin',
  'stdin',
  'stdout',
  'stderr',
]

/** Globals that reach other machines or other threads. */
const wires = ['fetch', 'WebSocket', 'EventSource']
const threads = ['BroadcastChannel', 'localStorage', 'sessionStorage', 'Worker']

/**
 * Takes from this realm what a plugin must not reach, before a line of it is compiled.
 *
 * This stands beside the permissions of the process, which close files, processes, threads and addons: it takes away
 * signals, and on versions of Node whose permissions don't know it, the network.
 *
 * @param wire - the socket that reaches the host, where there is one
 */
export function harden(
  rights: IsolatedRights,
  log: (level: string, text: string) => void,
  wire: Socket | undefined,
): void {
  const real = process
  const facade = facadeOf(real, rights.env)
  // Node writes warnings by a door that is about to be closed.
  real.removeAllListeners('warning')
  for (const name of doors) Reflect.deleteProperty(real, name)
  replace('process', facade)
  replace('console', consoleOf(log))
  for (const name of [...(rights.network ? [] : wires), ...threads]) Reflect.deleteProperty(globalThis, name)
  if (!rights.network) disarmSockets(wire)
}

function replace(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: false, enumerable: false, configurable: false })
}

function facadeOf(real: NodeJS.Process, env: IsolatedRights['env']): object {
  const events = new EventEmitter()
  const facade = {
    argv: [],
    arch: real.arch,
    cwd: () => '/',
    emit: events.emit.bind(events),
    emitWarning: () => {},
    env: Object.freeze({ ...env }),
    execArgv: [],
    exit: (code?: number) => real.exit(code),
    hrtime: Object.assign(real.hrtime.bind(real), { bigint: real.hrtime.bigint.bind(real.hrtime) }),
    memoryUsage: () => ({ ...real.memoryUsage() }),
    nextTick: (run: (...args: unknown[]) => void, ...args: unknown[]) => real.nextTick(run, ...args),
    off: events.off.bind(events),
    on: events.on.bind(events),
    once: events.once.bind(events),
    pid: real.pid,
    platform: real.platform,
    removeListener: events.removeListener.bind(events),
    title: 'plugin',
    uptime: () => real.uptime(),
    version: real.version,
    versions: Object.freeze({ ...real.versions }),
  }
  return Object.freeze(facade)
}

function consoleOf(log: (level: string, text: string) => void): object {
  const write =
    (level: string) =>
    (...parts: unknown[]) =>
      log(level, parts.map(shown).join(' '))
  const nothing = () => {}
  return Object.freeze({
    assert: (isTrue: unknown, ...parts: unknown[]) => {
      if (!isTrue) write('error')('Assertion failed', ...parts)
    },
    debug: write('debug'),
    dir: write('info'),
    error: write('error'),
    group: nothing,
    groupEnd: nothing,
    info: write('info'),
    log: write('info'),
    table: write('info'),
    time: nothing,
    timeEnd: nothing,
    trace: write('debug'),
    warn: write('warn'),
  })
}

function shown(part: unknown): string {
  if (typeof part === 'string') return part
  try {
    return JSON.stringify(part) ?? String(part)
  } catch {
    return typeof part
  }
}
