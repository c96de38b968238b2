import { addressProblem } from '../registry/address.ts'
import type { Instance, InstanceHealth } from '../registry/instance.ts'
import { frozenInstance } from '../registry/service-registration.ts'
import { textOfBase64 } from './etcd-keys.ts'
import { factsOf } from './json-facts.ts'

/** The value that stands for an instance. */
export function writtenInstance({
  host,
  port,
  node,
  tags,
  metadata,
  weight,
  zone,
  health,
}: Instance): string {
  return JSON.stringify({ host, port, node, tags, metadata, weight, zone, health })
}

/**
 * Reads an instance of a value, whoever has written it: `host` and `port` are enough.
 *
 * @throws Error for what is no instance that others can reach
 */
export function readInstance(service: string, id: string, value: string): Instance {
  const facts = factsOf(JSON.parse(textOfBase64(value)), '')
  const host = facts.text('host')
  const port = facts.number('port') ?? 0
  const problem = addressProblem(host, port)
  if (problem !== undefined)
    throw new Error(`${problem.field} must be ${problem.expected}, found ${problem.found}`)
  const zone = facts.optionalText('zone')
  return frozenInstance({
    id,
    service,
    host,
    port,
    node: facts.optionalText('node') ?? '',
    tags: facts.list('tags').map((tag) => textOf(tag, 'tags')),
    metadata: facts.texts('metadata'),
    weight: Math.max(1, Math.min(65_535, Math.trunc(facts.number('weight') ?? 1))),
    ...(zone === undefined || zone === '' ? {} : { zone }),
    health: healthOf(facts.optionalText('health') ?? 'passing'),
  })
}

function healthOf(text: string): InstanceHealth {
  switch (text) {
    case 'passing':
    case 'warning':
    case 'critical':
    case 'draining':
      return text
    default:
      throw new Error(`expected a health, found ${JSON.stringify(text.slice(0, 40))}`)
  }
}

function textOf(value: unknown, at: string): string {
  if (typeof value === 'string') return value
  throw new Error(`expected a text in ${at}, found ${value === null ? 'null' : typeof value}`)
}
