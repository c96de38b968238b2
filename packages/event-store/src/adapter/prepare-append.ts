import { frozenJson, type IdGenerator, InvalidJsonError, type Json } from '@ashlar/kernel'
import { err, failure, ok, type Result } from '@ashlar/result'
import type { PayloadInvalid } from '../append-failure.ts'
import type { EventMetadata, ExpectedVersion, NewEvent, StreamId } from '../event.ts'
import type { Boundary } from '../event-query.ts'
import type { AppendRequest } from '../event-store.ts'
import { frozenBoundary } from './frozen-query.ts'
import { isStorable, isStreamId, streamIdRule } from './storable-name.ts'

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
  /** What must not have been recorded; a frozen copy. */
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
  if (!isStreamId(stream)) refuse(`${at}stream`, streamIdRule, stream)
  if (!isExpectedVersion(expected))
    refuse(`${at}expected`, "a whole number from 0, 'any', 'none' or 'exists'", expected)
  return {
    stream,
    expected: expected === 0 ? 'none' : expected,
    events: events.map((event, index) => prepareEvent(event, at, index, ids)),
    failIf: request.failIf === undefined ? undefined : frozenBoundary(request.failIf, `${at}failIf`),
  }
}

function isExpectedVersion(expected: unknown): boolean {
  switch (expected) {
    case 'any':
    case 'none':
    case 'exists':
      return true
    default:
      return Number.isSafeInteger(expected) && (expected as number) >= 0
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
    tags: tags === undefined ? noTags : copyTags(tags, at, index),
    metadata: metadata === undefined ? noMetadata : copyMetadata(metadata, at, index),
    subject,
  }
}

function copyTags(tags: readonly string[], at: string, index: number): readonly string[] {
  if (!Array.isArray(tags)) refuse(`${at}events[${index}].tags`, 'a list', tags)
  if (tags.length === 0) return noTags
  for (const tag of tags) if (!isName(tag)) refuse(`${at}events[${index}].tags`, `tags of ${name}`, tag)
  return Object.freeze([...new Set(tags)])
}

function copyMetadata(metadata: EventMetadata, at: string, index: number): EventMetadata {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    refuse(`${at}events[${index}].metadata`, 'a plain object', metadata)
  return copyAt(metadata, at, index, 'metadata') as EventMetadata
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

function refuse(path: string, expected: string, value: unknown): never {
  throw new InvalidJsonError(path, expected, describe(value))
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 60)}"`
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}
