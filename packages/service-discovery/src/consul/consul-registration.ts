import { err, ok, type Result } from '@ashlar/result'
import { authorityOf } from '../registry/address.ts'
import type { Instance } from '../registry/instance.ts'
import { type RegistrationInvalid, registrationInvalid } from '../registry/registry-failure.ts'
import type { InstanceCheck, ParsedRegistration } from '../registry/service-registration.ts'
import { zoneKey } from './health-answer.ts'

/** A registration as Consul's agent takes it. */
export type ConsulRegistration = Readonly<Record<string, unknown>>

/**
 * Says a registration in Consul's words.
 *
 * @param parsed - who, and how its health is learned
 * @param deregisterCriticalAfterMs - when Consul takes it out, where it is dead for so long
 */
export function consulRegistration(
  { instance, check, ttlMs }: ParsedRegistration,
  deregisterCriticalAfterMs?: number,
): Result<ConsulRegistration, RegistrationInvalid> {
  const { id, service, host, port, tags, weight } = instance
  return metaOf(instance).map((meta) => ({
    ID: id,
    Name: service,
    Address: host,
    Port: port,
    Tags: tags,
    Meta: meta,
    Weights: { Passing: weight, Warning: weight },
    Check: {
      ...checkOf(instance, check, ttlMs),
      CheckID: checkIdOf(instance),
      // one that drains is not called before its maintenance is known
      Status: instance.health === 'draining' ? 'critical' : 'passing',
      ...(deregisterCriticalAfterMs === undefined
        ? {}
        : { DeregisterCriticalServiceAfter: durationOf(deregisterCriticalAfterMs) }),
    },
  }))
}

/** The check by which Consul learns an instance's health. */
export function checkIdOf({ id }: Instance): string {
  return `service:${id}`
}

/** Consul's own limits; the zone stands among the metadata. */
function metaOf({ service, metadata, zone }: Instance): Result<Record<string, string>, RegistrationInvalid> {
  const refuse = (field: string, expected: string, found: string) =>
    err(registrationInvalid(service, field, expected, found))
  if (zone !== undefined && (metadata[zoneKey] ?? zone) !== zone)
    return refuse('metadata.zone', `the zone "${zone}", or nothing`, JSON.stringify(metadata[zoneKey]))
  const meta: Record<string, string> = Object.assign(
    Object.create(null),
    metadata,
    zone === undefined ? {} : { [zoneKey]: zone },
  )
  const entries = Object.entries(meta)
  if (entries.length > 64)
    return refuse('metadata', '64 entries at most, the zone among them', `${entries.length}`)
  for (const [key, value] of entries) {
    const isGoodKey = /^[A-Za-z0-9_-]{1,128}$/.test(key) && !key.toLowerCase().startsWith('consul-')
    if (!isGoodKey)
      return refuse(
        'metadata',
        'names of up to 128 letters, digits, "-" and "_" that do not begin with "consul-"',
        JSON.stringify(key.slice(0, 60)),
      )
    const { byteLength } = new TextEncoder().encode(value)
    if (byteLength > 512) return refuse(`metadata.${key}`, 'a text of 512 bytes at most', `${byteLength}`)
  }
  return ok(meta)
}

function checkOf(
  { host, port }: Instance,
  check: InstanceCheck,
  ttlMs: number,
): Readonly<Record<string, string>> {
  if (check.kind === 'ttl') return { TTL: durationOf(ttlMs) }
  const { intervalMs = 10_000, timeoutMs = 5_000 } = check
  const often = { Interval: durationOf(intervalMs), Timeout: durationOf(timeoutMs) }
  const authority = authorityOf(host, port)
  switch (check.kind) {
    case 'http': {
      const { href } = new URL(`http${check.isSecure === true ? 's' : ''}://${authority}${check.path}`)
      return { HTTP: href, Method: 'GET', ...often }
    }
    case 'tcp':
      return { TCP: authority, ...often }
    case 'grpc': {
      const { serviceName } = check
      return { GRPC: serviceName === undefined ? authority : `${authority}/${serviceName}`, ...often }
    }
  }
}

/** As Go reads it. */
function durationOf(ms: number): string {
  return `${ms}ms`
}
