import type { Traces } from './traces.ts'

type Listener = (...args: unknown[]) => void
type Listen = (event: string | symbol, listener: Listener) => unknown

const listens: ReadonlySet<unknown> = new Set([
  'on',
  'once',
  'addListener',
  'prependListener',
  'prependOnceListener',
])

/** The host's `process`, where listeners leave a trace and Node's modules come from `require`. */
export function tracedProcess(traces: Traces, require: (name: string) => unknown): NodeJS.Process {
  const members = new Map<unknown, unknown>([['getBuiltinModule', require]])
  const traced: NodeJS.Process = new Proxy(process, {
    get: (target, name) => {
      const member: unknown = members.get(name) ?? Reflect.get(target, name, target)
      if (!listens.has(name) || members.has(name)) return member
      const listen = (event: string | symbol, listener: Listener) => {
        Reflect.apply(member as Listen, target, [event, listener])
        traces.add(listenerTrace(event, listener))
        return traced
      }
      members.set(name, listen)
      return listen
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  })
  return traced
}

function listenerTrace(event: string | symbol, listener: Listener) {
  return {
    kind: 'listener' as const,
    what: `process "${String(event)}"`,
    isOpen: () => process.listeners(event as 'exit').includes(listener),
    end: () => void process.off(event, listener),
  }
}
