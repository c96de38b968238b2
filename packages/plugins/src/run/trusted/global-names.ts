import type { PluginLeak } from '../unload-proof.ts'

/** Global names whose own members all code of a process shares, and those of their prototypes. */
const roots =
  'Object Function Array String Number Boolean Symbol BigInt Promise RegExp Date Error Map Set WeakMap WeakSet WeakRef ' +
  'ArrayBuffer Uint8Array Buffer JSON Math Reflect'

const shared: ReadonlyMap<string, object> = new Map([
  ['globalThis', globalThis],
  ...roots.split(' ').flatMap(withPrototype),
])

type Names = Map<PropertyKey, PropertyDescriptor>

/** Watches the global names of this process, and the members of what all code shares, such as `Object.prototype`. */
export class GlobalNames {
  readonly #first: ReadonlyMap<object, Names> = new Map(
    [...shared.values()].map((owner) => [owner, namesOf(owner)]),
  )
  #lately: Map<string, WeakRef<object>> | undefined

  /**
   * Begins to watch.
   *
   * @returns tells what has appeared or was replaced since, and is still there; by whomever
   */
  watch(): () => readonly PluginLeak[] {
    const before = this.#foundLately()
    return () => {
      const leaks: PluginLeak[] = []
      for (const [what, held] of this.#changes()) {
        const known = before.get(what)
        if (known === undefined || known.deref() !== held.deref()) leaks.push({ kind: 'global', what })
      }
      return leaks
    }
  }

  /** What was found in this turn: plugins that start together are told apart from what was there before all of them. */
  #foundLately(): Map<string, WeakRef<object>> {
    if (this.#lately === undefined) {
      this.#lately = this.#changes()
      setImmediate(() => {
        this.#lately = undefined
      }).unref()
    }
    return this.#lately
  }

  /** What is not as it was at first; functions are held weakly, for they may be a plugin's. */
  #changes(): Map<string, WeakRef<object>> {
    const changes = new Map<string, WeakRef<object>>()
    for (const [label, owner] of shared) {
      const first = this.#first.get(owner)
      for (const name of Reflect.ownKeys(owner)) {
        const now = Object.getOwnPropertyDescriptor(owner, name)
        if (now !== undefined && hasChanged(first?.get(name), now))
          changes.set(nameOf(label, name), new WeakRef(functionOf(now) ?? owner))
      }
    }
    return changes
  }
}

function withPrototype(name: string): [string, object][] {
  const root: object = Reflect.get(globalThis, name)
  return typeof root === 'function'
    ? [
        [name, root],
        [`${name}.prototype`, root.prototype],
      ]
    : [[name, root]]
}

function namesOf(owner: object): Names {
  const names: Names = new Map()
  for (const name of Reflect.ownKeys(owner)) {
    const member = Object.getOwnPropertyDescriptor(owner, name)
    if (member !== undefined) names.set(name, member)
  }
  return names
}

/** A name counts when it is new, or when its function is another; Node itself fills in what it makes at first use. */
function hasChanged(first: PropertyDescriptor | undefined, now: PropertyDescriptor): boolean {
  if (first === undefined) return true
  if (first.get !== undefined && now.get === undefined) return false
  return functionOf(first) !== functionOf(now)
}

function functionOf({ get, value }: PropertyDescriptor): object | undefined {
  return get ?? (typeof value === 'function' ? value : undefined)
}

function nameOf(label: string, name: PropertyKey): string {
  return typeof name === 'symbol' ? `${label}[${String(name)}]` : `${label}.${String(name)}`
}
