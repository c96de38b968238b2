import { tracedRequire } from './traced-builtins.ts'
import { tracedProcess } from './traced-process.ts'
import { tracedTimers } from './traced-timers.ts'
import type { Traces } from './traces.ts'

/** What a bundle is given in place of Node's own; what it begins with them leaves a trace. */
export interface PluginGlobals {
  readonly require: (name: string) => unknown
  readonly globals: ReadonlyMap<string, unknown>
}

export function pluginGlobals(traces: Traces): PluginGlobals {
  const globals = new Map(tracedTimers(traces))
  const require = tracedRequire(traces, globals)
  globals.set('process', tracedProcess(traces, require))
  const itself = new Proxy(globalThis, {
    get: (target, name) =>
      globals.has(String(name)) ? globals.get(String(name)) : Reflect.get(target, name),
    set: (target, name, value) => Reflect.set(target, name, value),
  })
  globals.set('globalThis', itself)
  globals.set('global', itself)
  return { require, globals }
}
