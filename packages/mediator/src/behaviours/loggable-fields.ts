const maxTextLength = 200
const maxDepth = 4
const maxListed = 50
const maxValues = 200
const maxBigint = 10n ** 40n

/**
 * Copies a message's own data for a log: plain, short, without what its class calls secret or personal.
 *
 * No getter, `toJSON` or `toString` is called, and nothing is told of instances of classes but their name: what
 * they hold may be anybody's. A message that is an instance of no class could not say what is secret; nothing of it
 * is copied.
 */
export function loggableFields(message: object): unknown {
  try {
    const hidden = hiddenFieldsOf(message)
    if (hidden === undefined) return '[unclassed]'
    return new Description(hidden).object(message, 0, 'type')
  } catch {
    return '[unreadable]'
  }
}

type Hidden = ReadonlyMap<string, '[secret]' | '[personal]'>

const hiddenByClass = new WeakMap<object, Hidden>()

function hiddenFieldsOf(message: object): Hidden | undefined {
  const messageClass: unknown = message.constructor
  if (typeof messageClass !== 'function' || messageClass === Object) return undefined
  const known = hiddenByClass.get(messageClass) ?? hiddenFieldsOfClass(messageClass)
  hiddenByClass.set(messageClass, known)
  return known
}

/** What a base class hides stays hidden, whatever classes that extend it say; a secret is never just personal. */
function hiddenFieldsOfClass(messageClass: object): Hidden {
  const hidden = new Map<string, '[secret]' | '[personal]'>()
  for (let at: object | null = messageClass; at !== null; at = Object.getPrototypeOf(at)) {
    for (const name of namesIn(at, 'personal')) if (!hidden.has(name)) hidden.set(name, '[personal]')
    for (const name of namesIn(at, 'secret')) hidden.set(name, '[secret]')
  }
  return hidden
}

/** Throws where the list is no list, so that nothing is copied rather than too much. */
function namesIn(messageClass: object, list: 'secret' | 'personal'): readonly string[] {
  const names: unknown = Object.getOwnPropertyDescriptor(messageClass, list)?.value ?? []
  if (!Array.isArray(names)) throw new TypeError(`static ${list} must be a list of names`)
  return names
}

/** One copy under way; it ends after some values, however they lie inside each other. */
class Description {
  readonly #hidden: Hidden
  readonly #within = new Set<object>()
  #valuesLeft = maxValues

  constructor(hidden: Hidden) {
    this.#hidden = hidden
  }

  object(object: object, depth: number, leftOut?: string): unknown {
    const described: Record<string, unknown> = Object.create(null)
    const keys = Object.keys(object).filter((key) => key !== leftOut)
    for (const key of keys.slice(0, maxListed))
      described[cut(key)] = this.#hidden.get(key) ?? this.#part(object, key, depth)
    if (keys.length > maxListed) described['…'] = `${keys.length - maxListed} more`
    return described
  }

  #list(list: readonly unknown[], depth: number): unknown {
    const described: unknown[] = []
    for (let index = 0; index < list.length && index < maxListed; index++)
      described.push(this.#part(list, String(index), depth))
    if (list.length > maxListed) described.push(`… ${list.length - maxListed} more`)
    return described
  }

  #part(owner: object, key: string, depth: number): unknown {
    if (--this.#valuesLeft < 0) return '[…]'
    const property = Object.getOwnPropertyDescriptor(owner, key)
    return property?.get === undefined ? this.#value(property?.value, depth) : '[getter]'
  }

  #value(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return cut(value)
      case 'bigint':
        return value < maxBigint && value > -maxBigint ? String(value) : '[bigint]'
      case 'function':
      case 'symbol':
        return `[${typeof value}]`
      case 'object':
        return value === null ? null : this.#nested(value, depth + 1)
      default:
        return value
    }
  }

  #nested(object: object, depth: number): unknown {
    const prototype: object | null = Object.getPrototypeOf(object)
    const isPlain = prototype === Object.prototype || prototype === null
    if (!isPlain && !Array.isArray(object)) return instance(object, prototype)
    if (this.#within.has(object)) return '[circular]'
    if (depth >= maxDepth) return Array.isArray(object) ? '[list]' : '[object]'
    this.#within.add(object)
    const described = Array.isArray(object) ? this.#list(object, depth) : this.object(object, depth)
    this.#within.delete(object)
    return described
  }
}

function instance(object: object, prototype: object | null): string {
  if (object instanceof Date) {
    const time = Date.prototype.getTime.call(object)
    return Number.isNaN(time) ? '[invalid date]' : Date.prototype.toISOString.call(object)
  }
  const named: unknown = Object.getOwnPropertyDescriptor(prototype ?? {}, 'constructor')?.value
  const name: unknown =
    typeof named === 'function' ? Object.getOwnPropertyDescriptor(named, 'name')?.value : undefined
  return typeof name === 'string' && name !== '' ? `[${cut(name)}]` : '[object]'
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
}
