import { parseBlocking, waitUntil } from './blocking-query.ts'
import { type Answer, type Asked, type Front, parseTruth, type Route } from './front.ts'
import { healthEntries } from './json-shapes.ts'
import { Refusal } from './refusal.ts'
import type { Tables } from './tables.ts'

/** What servers answer for the whole cluster. */
export const healthRoutes: readonly Route[] = [
  { path: '/v1/health/service/', method: 'GET', answer: healthOfService },
  { path: '/v1/catalog/services', method: 'GET', answer: catalogServices },
  { path: '/v1/status/leader', method: 'GET', answer: leader },
]

async function healthOfService(asked: Asked, front: Front): Promise<Answer> {
  const { rest: service, query, token, signal } = asked
  if (service === '') throw new Refusal(400, 'Missing service name')
  const consistency = consistencyOf(query)
  const blocking = parseBlocking(query)
  const passing = query.get('passing')
  const isPassingOnly =
    passing !== null && (passing === '' || parseTruth(passing, 'Invalid value for ?passing'))
  // the language of filters is not spoken here, so that every one is a bad one (C36)
  if (query.has('filter')) throw new Refusal(400, 'Failed to create boolean expression evaluator')
  const read = () => tablesFor(consistency, front)
  if (consistency !== 'stale') requireLeader(front)
  if (blocking.index > 0) {
    const { state, timer, random } = front
    // a service that was never there changes when it appears, whatever else does (C56)
    const isNews = () => (read().serviceIndexes.get(service) ?? 0) > blocking.index
    await waitUntil(isNews, blocking.waitMs, { state, timer, random, signal })
    if (consistency !== 'stale') requireLeader(front)
  }
  const tables = read()
  const mayRead = front.access.mayRead(token, service)
  const entries = healthEntries(tables, service, {
    isPassingOnly,
    tags: query.getAll('tag'),
    datacenter: front.datacenter,
  })
  const index = tables.serviceIndexes.get(service) ?? tables.index
  const headers = {
    ...metaHeaders(index, consistency, front),
    ...(mayRead || entries.length === 0 ? {} : { 'X-Consul-Results-Filtered-By-ACLs': 'true' }),
  }
  return { headers, body: mayRead ? entries : [] }
}

function catalogServices({ query, token }: Asked, front: Front): Answer {
  const consistency = consistencyOf(query)
  if (consistency !== 'stale') requireLeader(front)
  const tables = tablesFor(consistency, front)
  const tags = new Map<string, Set<string>>()
  for (const row of tables.services.values()) {
    if (!front.access.mayRead(token, row.name)) continue
    const known = tags.get(row.name) ?? new Set<string>()
    tags.set(row.name, known)
    for (const tag of row.tags) known.add(tag)
  }
  const body = Object.fromEntries([...tags].map(([name, known]) => [name, [...known]]))
  return { headers: metaHeaders(tables.index, consistency, front), body }
}

function leader(_: Asked, { faults }: Front): Answer {
  return { body: faults.hasLeader ? '127.0.0.1:8300' : '', isJson: true }
}

type Consistency = 'leader' | 'stale' | 'consistent'

function consistencyOf(query: URLSearchParams): Consistency {
  const isStale = query.has('stale')
  const isConsistent = query.has('consistent')
  if (isStale && isConsistent)
    throw new Refusal(400, 'Cannot specify ?stale with ?consistent, conflicting semantics.')
  return isStale ? 'stale' : isConsistent ? 'consistent' : 'leader'
}

function tablesFor(consistency: Consistency, { state, faults }: Front): Readonly<Tables> {
  return consistency === 'stale' ? (faults.lagging ?? state.tables) : state.tables
}

function requireLeader({ faults }: Front): void {
  if (!faults.hasLeader) throw new Refusal(500, 'No cluster leader')
}

/** Never below 1, unless that is the fault (C50). */
function metaHeaders(index: number, consistency: Consistency, { faults }: Front): Record<string, string> {
  const isOld = consistency === 'stale' && (faults.lagging !== undefined || !faults.hasLeader)
  const headers: Record<string, string> = {
    'X-Consul-KnownLeader': String(faults.hasLeader),
    'X-Consul-LastContact': isOld ? '30000' : '0',
    'X-Consul-Effective-Consistency': consistency,
  }
  if (faults.index !== 'missing')
    headers['X-Consul-Index'] = faults.index === 'zero' ? '0' : String(Math.max(1, index))
  return headers
}
