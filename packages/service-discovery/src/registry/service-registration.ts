import { err, ok, type Result } from '@ashlar/result'
import { addressProblem } from './address.ts'
import { checkProblem } from './check-problem.ts'
import type { Instance } from './instance.ts'
import { type RegistrationInvalid, registrationInvalid, type ServiceNameInvalid } from './registry-failure.ts'
import { parseServiceName } from './service-name.ts'

/** How the registry learns that an instance is well; only one that can ask takes others than `ttl`. */
export type InstanceCheck = TtlCheck | HttpCheck | TcpCheck | GrpcCheck

/** The instance says itself that it is well. */
export interface TtlCheck {
  /** Tells the kinds apart. */
  readonly kind: 'ttl'
}

/** How often and how long a registry asks. */
export interface AskingCheck {
  /** How often it is asked; 10,000 unless told. */
  readonly intervalMs?: number
  /** How long an answer may take; 5,000 unless told. */
  readonly timeoutMs?: number
}

/** The registry asks a path, and wants a status from 200 to 299. */
export interface HttpCheck extends AskingCheck {
  /** Tells the kinds apart. */
  readonly kind: 'http'
  /** What is asked for, such as `/health/ready`. */
  readonly path: string
  /** Whether it is asked over TLS; false unless told. */
  readonly isSecure?: boolean
}

/** The registry connects. */
export interface TcpCheck extends AskingCheck {
  /** Tells the kinds apart. */
  readonly kind: 'tcp'
}

/** The registry calls gRPC's health service. */
export interface GrpcCheck extends AskingCheck {
  /** Tells the kinds apart. */
  readonly kind: 'grpc'
  /** What is asked for by gRPC's own name; the whole server unless told. */
  readonly serviceName?: string
}

/** Who wants to be known, and where. */
export interface ServiceRegistration {
  /** The service's name: up to 128 letters, digits, `-`, `_` and `.`. */
  readonly service: string
  /** Unique among the instances of its service, of the same characters; `<service>-<host>-<port>` unless told. */
  readonly id?: string
  /** A host name or an IP address that others can reach, so neither `0.0.0.0` nor `::`. */
  readonly host: string
  /** From 1 to 65,535. */
  readonly port: number
  /** None unless told. */
  readonly tags?: readonly string[]
  /** None unless told. */
  readonly metadata?: Readonly<Record<string, string>>
  /** From 1 to 65,535; 1 unless told. */
  readonly weight?: number
  /** Where its machine stands. */
  readonly zone?: string
  /** After how long a silence it counts as dead, from 1,000 to 86,400,000; 15,000 unless told. */
  readonly ttlMs?: number
  /** How the registry learns that it is well; `ttl` unless told. */
  readonly check?: InstanceCheck
}

/** A registration whose every field was looked at, with all that was not told. */
export interface ParsedRegistration {
  /** As registries show it. */
  readonly instance: Instance
  /** From 1,000 to 86,400,000. */
  readonly ttlMs: number
  /** How the registry learns that it is well. */
  readonly check: InstanceCheck
}

/**
 * Looks at every field of a registration, and fills in what was not told.
 *
 * @param registration - who wants to be known
 * @param node - the machine's name, where the registry knows none of its own
 */
export function parseRegistration(
  registration: ServiceRegistration,
  node = '',
): Result<ParsedRegistration, RegistrationInvalid | ServiceNameInvalid> {
  const read = readOnce(registration)
  if (read.isErr()) return err(read.error)
  const { service: name, host, port, ttlMs = 15_000, check = { kind: 'ttl' }, zone } = read.value
  const named = parseServiceName(name)
  if (named.isErr()) return err(named.error)
  const service = named.value
  const refuse = (field: string, expected: string, found: string) =>
    err(registrationInvalid(service, field, expected, found))

  const address = addressProblem(host, port)
  if (address !== undefined) return refuse(address.field, address.expected, address.found)
  const { id = `${service}-${host.replaceAll(':', '_')}-${port}`, tags, metadata, weight = 1 } = read.value
  if (typeof id !== 'string' || !idPattern.test(id))
    return refuse('id', 'up to 255 letters, digits, "-", "_", "." and ":"', shown(id))
  if (!Array.isArray(tags)) return refuse('tags', 'a list of texts', shown(tags))
  const strange = tags.findIndex((tag) => !isPlainText(tag))
  if (strange >= 0) return refuse(`tags[${strange}]`, textExpected, shown(tags[strange]))
  if (!isRecord(metadata)) return refuse('metadata', 'an object of texts', shown(metadata))
  for (const [key, value] of Object.entries(metadata))
    if (!isPlainText(key) || !isPlainText(value))
      return refuse(key.length > 60 ? 'metadata' : `metadata.${key}`, textExpected, shown(value))
  if (!isWhole(weight, 1, 65_535)) return refuse('weight', 'a whole number from 1 to 65,535', shown(weight))
  if (!isWhole(ttlMs, 1_000, 86_400_000))
    return refuse('ttlMs', 'a whole number from 1,000 to 86,400,000', shown(ttlMs))
  if (zone !== undefined && !isPlainText(zone)) return refuse('zone', textExpected, shown(zone))
  const problem = checkProblem(check)
  if (problem !== undefined) return refuse(problem.field, problem.expected, problem.found)

  const facts = { id, service, host, port, node, tags, metadata, weight, health: 'passing' } as const
  return ok({ instance: frozenInstance(zone === undefined ? facts : { ...facts, zone }), ttlMs, check })
}

/** Getters and proxies answer once, so that what was looked at is what is kept. */
function readOnce(registration: ServiceRegistration): Result<ServiceRegistration, RegistrationInvalid> {
  const refuse = (found: string) =>
    err(registrationInvalid('', 'registration', 'an object with fields that can be read', found))
  if (!isRecord(registration)) return refuse(shown(registration))
  try {
    const { service, id, host, port, tags = [], metadata = {}, weight, zone, ttlMs, check } = registration
    return ok({
      service,
      host,
      port,
      tags: Array.isArray(tags) ? [...tags] : tags,
      metadata: isRecord(metadata) ? Object.assign(Object.create(null), metadata) : metadata,
      ...(id === undefined ? {} : { id }),
      ...(weight === undefined ? {} : { weight }),
      ...(zone === undefined ? {} : { zone }),
      ...(ttlMs === undefined ? {} : { ttlMs }),
      ...(check === undefined ? {} : { check: isRecord(check) ? { ...check } : check }),
    })
  } catch {
    return refuse('one that throws')
  }
}

/** A frozen copy, its metadata without a prototype. */
export function frozenInstance(instance: Instance): Instance {
  return Object.freeze({
    ...instance,
    tags: Object.freeze([...instance.tags]),
    metadata: Object.freeze(Object.assign(Object.create(null), instance.metadata)),
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const idPattern = /^[A-Za-z0-9](?:[A-Za-z0-9_.:-]{0,253}[A-Za-z0-9_])?$/
const textExpected = 'a text of up to 1,024 characters, none of them a control character'

function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1_024 && !/\p{Cc}/u.test(value) && value.isWellFormed()
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

function shown(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 60 ? `${value.length} characters` : JSON.stringify(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value
}
