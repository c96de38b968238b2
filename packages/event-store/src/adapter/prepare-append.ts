import { frozenJson, type IdGenerator, InvalidJsonError, type Json } from '@ashlar/kernel'
import { err, failure, ok, type Result } from '@ashlar/result'
import type { PayloadInvalid } from '../append-failure.ts'
import type { EventMetadata, ExpectedVersion, NewEvent, StreamId } from '../event.ts'
import type { Boundary } from '../event-query.ts'
import type { AppendRequest } from '../event-store.ts'

/** What {@link prepareAppend} needs. */
export interface PrepareOptions {
  /** Names the events that come without an id. */
  readonly ids: IdGenerator
}

/** An append that was checked, and whose events have all that a store records before it knows their place. */
export interface PreparedAppend {
  /** Where to. */
  readonly stream: StreamId
  /** What the stream must look like; a version 0 is spelled `'none'`. */
  readonly expected: ExpectedVersion
  /** What to add. */
  readonly events: readonly PreparedEvent[]
  /** What must not have been recorded. */
  readonly failIf: Boundary | undefined
}

/** An event that was checked; its data and metadata are frozen copies. */
export interface PreparedEvent {
  /** The id that was handed in, or a new one. */
  readonly id: string
  /** True when the id was handed in, and so may have been used before. */
  readonly idGiven: boolean
  /** What happened. */
  readonly type: string
  /** Which shape the data has. */
  readonly schemaVersion: number
  /** The facts. */
  readonly data: Json
  /** What it is found by, each once. */
  readonly tags: readonly string[]
  /** How it came about. */
  readonly metadata: EventMetadata
  /** Whose personal data it carries. */
  readonly subject: string | undefined
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const maxNameLength = 200
const maxStreamLength = 500
const name = `1 to ${maxNameLength} characters of well-formed text`
const noTags: readonly string[] = Object.freeze([])
const noMetadata: EventMetadata = Object.freeze({})

/**
 * Checks an append and copies what it carries.
 *
 * @param request - one request, or several that belong to one atomic append
 * @param options - where new ids come from
 * @returns the requests as an array, or `PayloadInvalid` with the path of the first part that can't be stored
 * @example
 * ```ts
 * import { prepareAppend } from '@ashlar/event-store/adapter'
 * import { uuidv7 } from '@ashlar/kernel'
 *
 * const opened = { stream: 'cart-42', expected: 'none', events: [{ type: 'CartOpened', data: {} }] } as const
 * console.log(prepareAppend(opened, { ids: uuidv7 }).isOk())
 * ```
 */
export function prepareAppend(
  request: AppendRequest | readonly AppendRequest[],
  options: PrepareOptions,
): Result<readonly PreparedAppend[], PayloadInvalid> {
  try {
    return ok(
      isMany(request)
        ? request.map((one, index) => prepareRequest(one, `[${index}].`, options.ids))
        : [prepareRequest(request, '', options.ids)],
    )
  } catch (error) {
    if (!(error instanceof InvalidJsonError)) throw error
    const { message, path, expected, found } = error
    return err(failure('PayloadInvalid', message, { path, expected, found }))
  }
}

function isMany(request: AppendRequest | readonly AppendRequest[]): request is readonly AppendRequest[] {
  return Array.isArray(request)
}

function prepareRequest(request: AppendRequest, at: string, ids: IdGenerator): PreparedAppend {
  const { stream, expected, events } = request
  const hyphen = typeof stream === 'string' ? stream.indexOf('-') : -1
  if (hyphen < 1 || hyphen === stream.length - 1 || stream.length > maxStreamLength || !isStorable(stream))
    refuse(
      `${at}stream`,
      `"category-id" of at most ${maxStreamLength} characters of well-formed text`,
      stream,
    )
  if (typeof expected === 'number' && !(Number.isSafeInteger(expected) && expected >= 0))
    refuse(`${at}expected`, 'a whole number from 0', expected)
  return {
    stream,
    expected: expected === 0 ? 'none' : expected,
    events: events.map((event, index) => prepareEvent(event, at, index, ids)),
    failIf: request.failIf,
  }
}

function prepareEvent(event: NewEvent, at: string, index: number, ids: IdGenerator): PreparedEvent {
  const { id, type, schemaVersion = 1, tags, metadata, subject } = event
  if (id !== undefined && !uuid.test(id)) refuse(`${at}events[${index}].id`, 'a UUID in lower case', id)
  if (!isName(type)) refuse(`${at}events[${index}].type`, name, type)
  if (!Number.isSafeInteger(schemaVersion) || schemaVersion < 1)
    refuse(`${at}events[${index}].schemaVersion`, 'a whole number from 1', schemaVersion)
  if (subject !== undefined && !isName(subject)) refuse(`${at}events[${index}].subject`, name, subject)
  return {
    id: id ?? ids.next(),
    idGiven: id !== undefined,
    type,
    schemaVersion,
    data: copyAt(event.data, at, index, 'data'),
    tags: tags === undefined || tags.length === 0 ? noTags : copyTags(tags, at, index),
    metadata:
      metadata === undefined ? noMetadata : (copyAt(metadata, at, index, 'metadata') as EventMetadata),
    subject,
  }
}

function copyTags(tags: readonly string[], at: string, index: number): readonly string[] {
  for (const tag of tags) if (!isName(tag)) refuse(`${at}events[${index}].tags`, `tags of ${name}`, tag)
  return Object.freeze([...new Set(tags)])
}

function copyAt(value: Json, at: string, index: number, part: string): Json {
  try {
    return frozenJson(value)
  } catch (error) {
    if (!(error instanceof InvalidJsonError)) throw error
    const inner = error.path === '' || error.path.startsWith('[') ? error.path : `.${error.path}`
    throw new InvalidJsonError(`${at}events[${index}].${part}${inner}`, error.expected, error.found)
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxNameLength && isStorable(value)
}

/** Databases cut a text at U+0000, or refuse it, and half a surrogate pair becomes another character in UTF-8. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function refuse(path: string, expected: string, value: unknown): never {
  const found = typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value)
  throw new InvalidJsonError(path, expected, found)
}
