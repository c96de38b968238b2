import { InvalidJsonError } from '@ashlar/kernel'
import type { AnyMessage } from '../message.ts'
import { WordHash } from './word-hash.ts'

const maxDepth = 64
const maxSortedByHand = 16

/** Each kind of value begins with a word of its own, so that `1`, `"1"` and `[1]` differ. */
const mark = {
  null: 1,
  true: 2,
  false: 3,
  integer: 4,
  number: 5,
  bigint: 6,
  text: 7,
  date: 8,
  list: 9,
  object: 10,
  end: 11,
} as const

/**
 * A short text that is the same for messages with the same data, and differs for others.
 *
 * The data are the message's own enumerable fields but `type`, whatever their order; what is undefined is left out. Values that
 * know how to write themselves (`toJSON`) are taken as what they write. Private fields (`#total`) can't be seen.
 * @throws InvalidJsonError for data that is nested too deeply, as an object inside of itself is, and for an instance
 *   that shows nothing of what it holds
 */
export function fingerprintOf(message: AnyMessage): string {
  const hash = new WordHash()
  addFields(hash, message, maxDepth, 'type')
  return hash.digest()
}

function add(hash: WordHash, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      hash.add(mark.text)
      return hash.addText(value)
    case 'number':
      return addNumber(hash, value)
    case 'boolean':
      return hash.add(value ? mark.true : mark.false)
    case 'bigint':
      hash.add(mark.bigint)
      return hash.addText(String(value))
    case 'object':
      if (value === null) return hash.add(mark.null)
      if (depth === 0) throw new InvalidJsonError('', 'nested less deeply', 'one more object or list')
      return addObject(hash, value, depth - 1)
    default:
      return hash.add(mark.null)
  }
}

function addNumber(hash: WordHash, value: number): void {
  if (value === (value | 0)) {
    hash.add(mark.integer)
    hash.add(value)
  } else {
    hash.add(mark.number)
    hash.addText(String(value))
  }
}

function addObject(hash: WordHash, value: object, depth: number): void {
  if (Array.isArray(value)) addList(hash, value, depth)
  else if (value instanceof Date) {
    hash.add(mark.date)
    addNumber(hash, value.getTime())
  } else if (value instanceof Map || value instanceof Set) addList(hash, [...value], depth)
  else if ('toJSON' in value && typeof value.toJSON === 'function') add(hash, value.toJSON(), depth)
  else addFields(hash, value, depth)
}

function addList(hash: WordHash, list: readonly unknown[], depth: number): void {
  hash.add(mark.list)
  hash.add(list.length)
  for (const item of list) add(hash, item, depth)
}

function addFields(hash: WordHash, object: object, depth: number, without?: string): void {
  const names = Object.keys(object)
  if (names.length === 0 && without === undefined) refuseInstance(object)
  hash.add(mark.object)
  for (const name of inOrder(names)) {
    const value = (object as Record<string, unknown>)[name]
    if (value === undefined || name === without) continue
    hash.addText(name)
    add(hash, value, depth)
  }
  hash.add(mark.end)
}

/** One that shows nothing of what it holds would look like any other of its class. */
function refuseInstance(object: object): void {
  const prototype = Object.getPrototypeOf(object)
  if (prototype === null || prototype === Object.prototype) return
  const found = `an instance of ${prototype.constructor?.name ?? 'a class'} without any`
  throw new InvalidJsonError('', 'an object with enumerable fields or toJSON', found)
}

/** Sorts in place, by UTF-16 units; for the few fields that messages have, `sort` costs more than all the rest. */
function inOrder(names: string[]): string[] {
  if (names.length > maxSortedByHand) return names.sort()
  for (let at = 1; at < names.length; at++) {
    const name = names[at] as string
    let to = at
    for (; to > 0 && (names[to - 1] as string) > name; to--) names[to] = names[to - 1] as string
    names[to] = name
  }
  return names
}
