import { promisify } from 'node:util'
import { delays } from './traced-delays.ts'
import type { Traces } from './traces.ts'

/** Node says only here whether a timer was cleared, or has run and was not set anew. */
type Timer = (NodeJS.Timeout | NodeJS.Immediate) & { readonly _destroyed?: boolean }

/** The global functions for timers, by name; what they begin leaves a trace. */
export function tracedTimers(traces: Traces): ReadonlyMap<string, unknown> {
  const promised = delays(traces)
  const later = tracing(traces, setTimeout, clearTimeout, 'setTimeout')
  const soon = tracing(traces, setImmediate, clearImmediate, 'setImmediate')
  return new Map<string, unknown>([
    ['setTimeout', Object.assign(later, { [promisify.custom]: promised.setTimeout })],
    ['setInterval', tracing(traces, setInterval, clearInterval, 'setInterval')],
    ['setImmediate', Object.assign(soon, { [promisify.custom]: promised.setImmediate })],
    ['clearTimeout', clearTimeout],
    ['clearInterval', clearInterval],
    ['clearImmediate', clearImmediate],
  ])
}

/** The parameters that all of them have, as Node sees them. */
type Begin<Begun> = (run: () => void, ...rest: never[]) => Begun

function tracing<Begun extends Timer>(
  traces: Traces,
  begin: Begin<Begun>,
  clear: (timer: Begun) => void,
  name: string,
): (...args: Parameters<Begin<Begun>>) => Begun {
  return (...args) => {
    const timer = begin(...args)
    const what = name === 'setImmediate' ? name : `${name} of ${String(args[1] ?? 1)} ms`
    traces.add({ kind: 'timer', what, isOpen: () => timer._destroyed !== true, end: () => clear(timer) })
    return timer
  }
}
