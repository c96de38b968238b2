import { parseGoDuration } from './go-duration.ts'
import { Refusal } from './refusal.ts'
import type { CheckStatus } from './tables.ts'

/** What an agent is told of an instance. */
export interface ServiceDefinition {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly port: number
  readonly tags: readonly string[]
  readonly meta: Readonly<Record<string, string>>
  readonly weights: { readonly Passing: number; readonly Warning: number }
  readonly checks: readonly CheckDefinition[]
}

/** What an agent is told of a check. */
export interface CheckDefinition {
  readonly id: string
  readonly name: string
  readonly notes: string
  readonly status: CheckStatus
  readonly type: 'ttl' | 'http' | 'tcp' | 'grpc'
  readonly ttlMs?: number
  /** What is asked: a URL, or a host and a port. */
  readonly target?: string
  readonly intervalMs?: number
  readonly timeoutMs?: number
  readonly deregisterAfterMs?: number
}

/**
 * Reads the body of a registration, as tolerant of the keys' case as Consul is.
 *
 * @throws Refusal for what Consul refuses (C02, C03, C06 to C08)
 */
export function parseServiceBody(text: string): ServiceDefinition {
  const fields = fieldsOf(decoded(text))
  const name = textOf(fields, 'name')
  if (name === '') throw new Refusal(400, 'Missing service name')
  const address = textOf(fields, 'address')
  if (address === '0.0.0.0' || address === '::' || address === '[::]')
    throw new Refusal(400, 'Invalid service address')
  const id = textOf(fields, 'id') || name
  const one = fields.get('check')
  const many = fields.get('checks')
  const told = [...(isObject(one) ? [one] : []), ...(Array.isArray(many) ? many : [])]
  const checks = told.map((check, at) =>
    parseCheck(check, told.length === 1 ? `service:${id}` : `service:${id}:${at + 1}`, name),
  )
  return {
    id,
    name,
    address,
    port: numberOf(fields, 'port') ?? 0,
    tags: textsOf(fields, 'tags'),
    meta: metaOf(fields),
    weights: weightsOf(fields.get('weights')),
    checks,
  }
}

function parseCheck(check: unknown, ownId: string, service: string): CheckDefinition {
  const fields = fieldsOf(check)
  const status = textOf(fields, 'status') || 'critical'
  if (!isStatus(status)) throw new Refusal(400, "Status for checks must 'passing', 'warning', 'critical'")
  const lasting = parseGoDuration(fields.get('deregistercriticalserviceafter'))
  const common = {
    id: textOf(fields, 'checkid') || ownId,
    name: textOf(fields, 'name') || `Service '${service}' check`,
    notes: textOf(fields, 'notes'),
    status,
    ...(lasting === undefined || lasting === 0 ? {} : { deregisterAfterMs: Math.max(60_000, lasting) }),
  }
  const ttlMs = parseGoDuration(fields.get('ttl')) ?? 0
  if (ttlMs > 0) return { ...common, type: 'ttl', ttlMs }
  const intervalMs = parseGoDuration(fields.get('interval')) ?? 0
  for (const type of ['http', 'tcp', 'grpc'] as const) {
    const target = textOf(fields, type)
    if (target === '' || intervalMs <= 0) continue
    const timeoutMs = parseGoDuration(fields.get('timeout')) ?? 10_000
    return { ...common, type, target, intervalMs: Math.max(1_000, intervalMs), timeoutMs }
  }
  throw new Refusal(400, 'Must provide TTL or Script/HTTP/TCP/gRPC and Interval')
}

/** Whether a text is one of the three. */
export function isStatus(status: unknown): status is CheckStatus {
  return status === 'passing' || status === 'warning' || status === 'critical'
}

/**
 * Parses a body of JSON.
 *
 * @throws Refusal for what is none (C02)
 */
export function decoded(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(400, `Request decode failed: ${error instanceof Error ? error.message : error}`)
  }
}

/** `ServiceID`, `service_id` and `serviceid` are the same to Consul; maps within stay as they are (C01). */
export function fieldsOf(value: unknown): Map<string, unknown> {
  if (!isObject(value)) throw decodeFailed('an object')
  return new Map(
    Object.entries(value).map(([key, field]) => [key.toLowerCase().replaceAll('_', ''), field] as const),
  )
}

/** A field's text, empty where it is not told. */
export function textOf(fields: ReadonlyMap<string, unknown>, key: string): string {
  const value = fields.get(key) ?? ''
  if (typeof value !== 'string') throw decodeFailed(`a text as ${key}`)
  return value
}

function numberOf(fields: ReadonlyMap<string, unknown>, key: string): number | undefined {
  const value = fields.get(key)
  if (value === undefined || value === null) return undefined
  if (!Number.isInteger(value)) throw decodeFailed(`a whole number as ${key}`)
  return Number(value)
}

function textsOf(fields: ReadonlyMap<string, unknown>, key: string): readonly string[] {
  const value = fields.get(key) ?? []
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw decodeFailed(`a list of texts as ${key}`)
  return value
}

function metaOf(fields: ReadonlyMap<string, unknown>): Readonly<Record<string, string>> {
  const value = fields.get('meta') ?? {}
  if (!isObject(value)) throw decodeFailed('an object as meta')
  const entries = Object.entries(value)
  if (entries.length > 64)
    throw new Refusal(400, 'Invalid Service Meta: Node metadata cannot contain more than 64 key/value pairs')
  for (const [key, item] of entries) {
    if (typeof item !== 'string') throw decodeFailed(`a text as meta.${key}`)
    const isGood = /^[A-Za-z0-9_-]{1,128}$/.test(key) && item.length <= 512 && !/^consul-/i.test(key)
    if (!isGood) throw new Refusal(400, `Invalid Service Meta: Couldn't load metadata pair ('${key}')`)
  }
  return Object.fromEntries(entries) as Record<string, string>
}

/** What is told of weights is all of them (C13). */
function weightsOf(value: unknown): { Passing: number; Warning: number } {
  if (value === undefined || value === null) return { Passing: 1, Warning: 1 }
  const fields = fieldsOf(value)
  const weights = { Passing: numberOf(fields, 'passing') ?? 0, Warning: numberOf(fields, 'warning') ?? 0 }
  if (weights.Passing < 1 || weights.Passing > 65_535 || weights.Warning < 0 || weights.Warning > 65_535)
    throw new Refusal(400, 'Invalid Weights: Passing must be greater than 0, and both at most 65535')
  return weights
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function decodeFailed(expected: string): Refusal {
  return new Refusal(400, `Request decode failed: expected ${expected}`)
}
