import { isBuiltin } from 'node:module'
import { PluginRefusedError } from '../../contract/plugin-refused-error.ts'
import { delays } from './traced-delays.ts'
import { traceHandle } from './traced-handle.ts'
import { watchFileTrace } from './traced-watch-file.ts'
import type { Traces } from './traces.ts'

/** The modules of Node's whose functions and classes begin something. */
const traced: ReadonlySet<string> = new Set([
  'child_process',
  'dgram',
  'fs',
  'fs/promises',
  'http',
  'http2',
  'https',
  'net',
  'readline',
  'sqlite',
  'timers',
  'timers/promises',
  'tls',
  'worker_threads',
])

/**
 * The `require` of a bundle: modules of Node's, nothing else, since only the bundle was checked and can be unloaded.
 *
 * @param globals - stand in for Node's own, also where `timers` has them
 */
export function tracedRequire(
  traces: Traces,
  globals: ReadonlyMap<string, unknown>,
): (name: string) => unknown {
  const promised = new Map<string, unknown>(Object.entries(delays(traces)))
  const made = new Map<string, unknown>()
  return (name) => {
    if (!isBuiltin(name))
      throw new PluginRefusedError(`a bundle can require modules of Node's, found ${JSON.stringify(name)}`)
    const module = name.replace(/^node:/, '')
    if (!made.has(module)) made.set(module, tracedModule(module, traces, globals, promised))
    return made.get(module)
  }
}

function tracedModule(
  name: string,
  traces: Traces,
  globals: ReadonlyMap<string, unknown>,
  promised: ReadonlyMap<string, unknown>,
): unknown {
  const module: object | undefined = process.getBuiltinModule(`node:${name}`)
  if (name === 'process') return globals.get('process')
  if (module === undefined || !traced.has(name)) return module
  if (name === 'timers') return withMembers(module, (member) => globals.get(member))
  if (name === 'timers/promises') return withMembers(module, (member) => promised.get(member))
  return withMembers(module, (member, found) => {
    if (member === 'promises') return tracedModule(`${name}/promises`, traces, globals, promised)
    if (member === 'watchFile') return watchFileTrace(traces)
    return typeof found === 'function' ? tracedMaker(found, `${name}.${member}`, traces) : undefined
  })
}

/** A module some of whose members are others; those that Node has fixed stay. */
function withMembers(module: object, replace: (name: string, found: unknown) => unknown): object {
  const replaced = new Map<string, { readonly found: unknown; readonly given: unknown }>()
  return new Proxy(module, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name)
      if (typeof name !== 'string' || isFixed(target, name)) return found
      const before = replaced.get(name)
      if (before !== undefined && before.found === found) return before.given
      const given = replace(name, found) ?? found
      replaced.set(name, { found, given })
      return given
    },
  })
}

function isFixed(module: object, name: string): boolean {
  const member = Object.getOwnPropertyDescriptor(module, name)
  return member?.configurable === false && member.writable !== true
}

/** A function or class: handles that it makes leave a trace. */
function tracedMaker(maker: object, what: string, traces: Traces): unknown {
  const proxy: unknown = new Proxy(maker as new () => object, {
    apply: (target, self, args) => {
      const answer: unknown = Reflect.apply(target as unknown as () => unknown, self, args)
      traceHandle(answer, what, traces)
      return answer
    },
    construct: (target, args, made) => {
      const answer = Reflect.construct(target, args, made === proxy ? target : made)
      traceHandle(answer, what, traces)
      return answer
    },
  })
  return proxy
}
