/** What JSON can carry; a class instance, a Date or a bigint does not compile. Data shapes are `type` aliases. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** An object that JSON can carry; a property that is undefined is left out. */
export type JsonObject = { readonly [key: string]: Json | undefined }

/** Options of {@link frozenJson}. */
export interface FrozenJsonOptions {
  /** How many objects and lists may lie inside each other; 64 unless told. */
  readonly maxDepth?: number
}

/** A value can't be kept as JSON; `path` says where, `expected` and `found` say why. */
export class InvalidJsonError extends TypeError {
  override readonly name = 'InvalidJsonError'
  readonly code = 'ASHLAR_KERNEL_INVALID_JSON'
  /** Where the part stands, such as `lines[2].price`; empty for the value itself. */
  readonly path: string
  /** What could have been kept there. */
  readonly expected: string
  /** What was there instead. */
  readonly found: string

  /**
   * @param path - where the part stands, empty for the value itself
   * @param expected - what could have been kept there
   * @param found - what was there instead
   */
  constructor(path: string, expected: string, found: string) {
    super(`${path === '' ? 'value' : path} must be ${expected}, found ${found}`)
    this.path = path
    this.expected = expected
    this.found = found
  }
}

const maxPathLength = 200

/**
 * Copies a value as JSON would carry it, deeply frozen.
 *
 * −0 becomes 0; properties that are undefined, not enumerable or named by a symbol are left out, as JSON does. What
 * JSON would change silently is refused: NaN, infinities, bigint, dates, class instances, functions, holes in lists,
 * the key `__proto__`, and nesting that is too deep (an object inside of itself is). A getter is read once.
 *
 * @param value - what is to be kept
 * @param options - `maxDepth`, 64 unless told
 * @returns a deeply frozen copy that shares nothing with the value
 * @throws {@link InvalidJsonError} with the path of the first part that can't be kept
 * @example
 * ```ts
 * import { frozenJson } from '@ashlar/kernel'
 *
 * const kept = frozenJson({ sku: 'TEA-1', quantity: 2 })
 * console.log(Object.isFrozen(kept))
 * ```
 */
export function frozenJson<T extends Json>(value: T, options: FrozenJsonOptions = {}): T {
  return copy(value, undefined, options.maxDepth ?? 64) as T
}

/** The way from a value up to the root, as a linked list, so that a path is only spelled out when it is needed. */
type Trail = { readonly key: string | number; readonly up: Trail | undefined }

function copy(value: unknown, trail: Trail | undefined, depth: number): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) refuse(trail, 'a finite number', String(value))
      return value === 0 ? 0 : value
    case 'object':
      if (value === null) return null
      if (depth === 0) refuse(trail, 'nested less deeply', 'one more object or list')
      return Array.isArray(value) ? copyList(value, trail, depth - 1) : copyObject(value, trail, depth - 1)
    default:
      return refuse(trail, 'JSON', typeof value)
  }
}

function copyList(list: readonly unknown[], trail: Trail | undefined, depth: number): Json {
  const copied = new Array<Json>(list.length)
  for (let index = 0; index < list.length; index++)
    copied[index] = copy(list[index], { key: index, up: trail }, depth)
  return Object.freeze(copied)
}

function copyObject(object: object, trail: Trail | undefined, depth: number): Json {
  const prototype = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null)
    refuse(trail, 'a plain object', `an instance of ${prototype.constructor?.name ?? 'a class'}`)
  const copied: Record<string, Json> = {}
  for (const key of Object.keys(object)) {
    if (key === '__proto__') refuse({ key, up: trail }, 'another key', '"__proto__"')
    const part = (object as Record<string, unknown>)[key]
    if (typeof part === 'string') copied[key] = part
    else if (part !== undefined) copied[key] = copy(part, { key, up: trail }, depth)
  }
  return Object.freeze(copied)
}

function refuse(trail: Trail | undefined, expected: string, found: string): never {
  let path = ''
  for (let step = trail; step !== undefined && path.length < maxPathLength; step = step.up)
    path = typeof step.key === 'number' ? `[${step.key}]${path}` : `.${step.key}${path}`
  throw new InvalidJsonError(path.startsWith('.') ? path.slice(1) : path, expected, found)
}
