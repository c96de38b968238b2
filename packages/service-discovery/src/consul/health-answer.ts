import { addressProblem } from '../registry/address.ts'
import type { Instance, InstanceHealth } from '../registry/instance.ts'
import { frozenInstance } from '../registry/service-registration.ts'

/** Hears of an instance that was left out, and why. */
export type DroppedInstance = (id: string, node: string, reason: string) => void

/**
 * Reads the instances of a service in the answer of `/v1/health/service`, those that are not well included.
 *
 * @param service - who was asked for
 * @param answer - JSON that has been parsed
 * @param dropped - hears of those that nobody could reach
 * @throws Error for what Consul would not say
 */
export function instancesOf(service: string, answer: unknown, dropped: DroppedInstance): readonly Instance[] {
  if (!Array.isArray(answer)) throw unexpected('', 'a list of instances', answer)
  const instances = answer.flatMap((entry, at) => {
    const instance = instanceOf(service, entry, `[${at}]`)
    const problem = addressProblem(instance.host, instance.port)
    if (problem === undefined) return [instance]
    dropped(
      instance.id,
      instance.node,
      `${problem.field} must be ${problem.expected}, found ${problem.found}`,
    )
    return []
  })
  return distinct(instances, dropped).map(frozenInstance)
}

function instanceOf(service: string, entry: unknown, at: string): Instance {
  const whole = objectOf(entry, at)
  const node = objectOf(whole.get('Node'), `${at}.Node`)
  const facts = objectOf(whole.get('Service'), `${at}.Service`)
  const { [zoneKey]: ownZone, ...metadata } = textsOf(facts.get('Meta'), `${at}.Service.Meta`)
  const { [zoneKey]: nodeZone } = textsOf(node.get('Meta'), `${at}.Node.Meta`)
  const zone = ownZone ?? nodeZone
  const { health, isWarning } = healthOf(whole.get('Checks'), `${at}.Checks`)
  const address = textOf(facts.get('Address') ?? '', `${at}.Service.Address`)
  return {
    id: nonEmpty(facts.get('ID'), `${at}.Service.ID`),
    service,
    // one that was registered without an address answers at its machine's
    host: address === '' ? textOf(node.get('Address') ?? '', `${at}.Node.Address`) : address,
    port: numberOf(facts.get('Port') ?? 0, `${at}.Service.Port`),
    node: nonEmpty(node.get('Node'), `${at}.Node.Node`),
    tags: listOf(facts.get('Tags'), `${at}.Service.Tags`).map((tag) => textOf(tag, `${at}.Service.Tags`)),
    metadata,
    weight: weightOf(facts.get('Weights'), isWarning, `${at}.Service.Weights`),
    ...(zone === undefined || zone === '' ? {} : { zone }),
    health,
  }
}

/** The key of the metadata that tells an instance's zone, or its machine's. */
export const zoneKey = 'zone'

/** The worst check counts; one in maintenance drains unless it is dead anyway. */
function healthOf(
  checks: unknown,
  at: string,
): { readonly health: InstanceHealth; readonly isWarning: boolean } {
  let isCritical = false
  let isWarning = false
  let isDraining = false
  for (const check of listOf(checks, at)) {
    const facts = objectOf(check, at)
    const status = facts.get('Status')
    if (status !== 'passing' && status !== 'warning' && status !== 'critical')
      throw unexpected(`${at}.Status`, '"passing", "warning" or "critical"', status)
    if (isMaintenance(textOf(facts.get('CheckID'), `${at}.CheckID`))) isDraining ||= status === 'critical'
    else isCritical ||= status === 'critical'
    isWarning ||= status === 'warning'
  }
  return {
    health: isCritical ? 'critical' : isDraining ? 'draining' : isWarning ? 'warning' : 'passing',
    isWarning,
  }
}

function isMaintenance(checkId: string): boolean {
  return checkId === '_node_maintenance' || checkId.startsWith('_service_maintenance:')
}

/** 0 means "least" here, as who wants none takes the instance out. */
function weightOf(weights: unknown, isWarning: boolean, at: string): number {
  if (weights === undefined || weights === null) return 1
  const told = objectOf(weights, at).get(isWarning ? 'Warning' : 'Passing')
  return Math.max(1, Math.min(65_535, Math.trunc(numberOf(told ?? 1, at))))
}

/** An id is unique on a machine only: where two machines have the same, each is told with its own. */
function distinct(instances: readonly Instance[], dropped: DroppedInstance): readonly Instance[] {
  const nodesOf = new Map<string, Set<string>>()
  const once = instances.filter(({ id, node }) => {
    const nodes = nodesOf.get(id) ?? new Set<string>()
    nodesOf.set(id, nodes)
    if (!nodes.has(node)) return nodes.add(node)
    dropped(id, node, 'it must be there once, found again')
    return false
  })
  // what has the sign of the long form in it gets that form always, so that no two become the same
  const isLong = ({ id }: Instance) => id.includes('@') || (nodesOf.get(id)?.size ?? 0) > 1
  return once.map((instance) =>
    isLong(instance) ? { ...instance, id: `${instance.id}@${encodeURIComponent(instance.node)}` } : instance,
  )
}

function objectOf(value: unknown, at: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unexpected(at, 'an object', value)
  return new Map(Object.entries(value))
}

/** Consul has null for an empty list, now and then. */
function listOf(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw unexpected(at, 'a list', value)
  return value
}

function textsOf(value: unknown, at: string): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null)
  if (value === undefined || value === null) return texts
  for (const [key, text] of objectOf(value, at)) texts[key] = textOf(text, `${at}.${key.slice(0, 40)}`)
  return texts
}

function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string') throw unexpected(at, 'a text', value)
  return value
}

function nonEmpty(value: unknown, at: string): string {
  const text = textOf(value, at)
  if (text === '') throw unexpected(at, 'a text with something in it', value)
  return text
}

function numberOf(value: unknown, at: string): number {
  if (typeof value !== 'number') throw unexpected(at, 'a number', value)
  return value
}

function unexpected(at: string, expected: string, found: unknown): Error {
  const shown = found === null ? 'null' : Array.isArray(found) ? 'a list' : typeof found
  const text = typeof found === 'string' ? JSON.stringify(found.slice(0, 40)) : shown
  return new Error(`expected ${expected}${at === '' ? '' : ` as ${at}`}, found ${text}`)
}
