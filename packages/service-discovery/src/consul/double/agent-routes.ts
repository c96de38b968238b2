import { waitUntil } from './blocking-query.ts'
import { type Answer, type Asked, type Front, parseTruth, type Route } from './front.ts'
import { parseGoDuration } from './go-duration.ts'
import { agentServiceJson, checkJson } from './json-shapes.ts'
import { Refusal } from './refusal.ts'
import { decoded, fieldsOf, isStatus, parseServiceBody, textOf } from './registration-body.ts'
import { type CheckStatus, checksOf, keyOf, type ServiceRow, worstOf } from './tables.ts'

/** What an agent answers for itself. */
export const agentRoutes: readonly Route[] = [
  { path: '/v1/agent/service/register', method: 'PUT', answer: register },
  { path: '/v1/agent/service/deregister/', method: 'PUT', answer: deregister },
  { path: '/v1/agent/service/maintenance/', method: 'PUT', answer: maintainService },
  { path: '/v1/agent/maintenance', method: 'PUT', answer: maintainNode },
  { path: '/v1/agent/check/pass/', method: 'PUT', answer: (asked, front) => check('passing', asked, front) },
  { path: '/v1/agent/check/warn/', method: 'PUT', answer: (asked, front) => check('warning', asked, front) },
  { path: '/v1/agent/check/fail/', method: 'PUT', answer: (asked, front) => check('critical', asked, front) },
  { path: '/v1/agent/check/update/', method: 'PUT', answer: updateCheck },
  { path: '/v1/agent/services', method: 'GET', answer: services },
  { path: '/v1/agent/service/', method: 'GET', answer: service },
  { path: '/v1/agent/checks', method: 'GET', answer: checks },
  { path: '/v1/agent/health/service/name/', method: 'GET', answer: healthByName },
  { path: '/v1/agent/health/service/id/', method: 'GET', answer: healthById },
  { path: '/v1/agent/self', method: 'GET', answer: self },
]

function register({ body, token, query }: Asked, { state, access }: Front): Answer {
  const definition = parseServiceBody(body)
  access.requireWrite(token, definition.name)
  const replaces = query.get('replace-existing-checks')
  state.put(definition, replaces !== null && (replaces === '' || parseTruth(replaces, 'Invalid value')))
  return {}
}

function deregister({ rest, token }: Asked, front: Front): Answer {
  requireWriteOf(rest, token, front)
  front.state.remove(rest)
  return {}
}

function maintainService({ rest, token, query }: Asked, front: Front): Answer {
  if (rest === '') throw new Refusal(400, 'Missing service ID')
  const isOn = enableOf(query)
  requireWriteOf(rest, token, front)
  front.state.maintain(rest, isOn, query.get('reason') ?? '')
  return {}
}

function maintainNode({ query }: Asked, { state }: Front): Answer {
  state.maintain(undefined, enableOf(query), query.get('reason') ?? '')
  return {}
}

function enableOf(query: URLSearchParams): boolean {
  const enable = query.get('enable')
  if (enable === null || enable === '') throw new Refusal(400, 'Missing value for enable')
  return parseTruth(enable, `Invalid value for enable: "${enable}"`)
}

function check(status: CheckStatus, { rest, token, query }: Asked, front: Front): Answer {
  requireWriteOfCheck(rest, token, front)
  front.state.update(rest, status, query.get('note') ?? '')
  return {}
}

function updateCheck({ rest, token, body }: Asked, front: Front): Answer {
  const fields = fieldsOf(decoded(body))
  const status = textOf(fields, 'status')
  if (!isStatus(status)) throw new Refusal(400, `Invalid check status: '${status}'`)
  requireWriteOfCheck(rest, token, front)
  front.state.update(rest, status, cut(textOf(fields, 'output')))
  return {}
}

/** 4,096 bytes of a check's output are kept (C21). */
function cut(output: string): string {
  const bytes = Buffer.from(output)
  if (bytes.length <= 4_096) return output
  return `${bytes.subarray(0, 4_096)} ... (captured 4096 of ${bytes.length} bytes)`
}

function services({ token }: Asked, { state, access, datacenter }: Front): Answer {
  const seen = ownServices({ state }).filter(({ name }) => access.mayRead(token, name))
  return { body: Object.fromEntries(seen.map((row) => [row.id, agentServiceJson(row, datacenter)])) }
}

/** Blocks on the content's hash, as nothing else does (C64). */
async function service({ rest, token, query, signal }: Asked, front: Front): Promise<Answer> {
  const { state, access, datacenter, timer, random } = front
  const read = () => {
    const row = state.tables.services.get(keyOf(state.node, rest))
    return row === undefined ? undefined : (agentServiceJson(row, datacenter) as { ContentHash: string })
  }
  const known = query.get('hash')
  const waitMs = parseGoDuration(query.get('wait') ?? '5m') ?? 300_000
  if (known !== null)
    await waitUntil(() => read()?.ContentHash !== known, waitMs, { state, timer, random, signal })
  const found = state.tables.services.get(keyOf(state.node, rest))
  const json = read()
  if (found === undefined || json === undefined) throw new Refusal(404, `unknown service ID: ${rest}`)
  if (!access.mayRead(token, found.name)) throw new Refusal(403, 'Permission denied')
  return { headers: { 'X-Consul-ContentHash': json.ContentHash }, body: json }
}

function checks({ token }: Asked, { state, access }: Front): Answer {
  const rows = [...state.tables.checks.values()].filter(({ node }) => node === state.node)
  const told = rows.flatMap((row) => {
    const owner = state.tables.services.get(keyOf(row.node, row.serviceId))
    return owner !== undefined && !access.mayRead(token, owner.name)
      ? []
      : [[row.id, checkJson(row, owner)] as const]
  })
  return { body: Object.fromEntries(told) }
}

function healthByName({ rest, token, query }: Asked, front: Front): Answer {
  if (rest === '') throw new Refusal(400, 'Missing service name')
  const rows = ownServices(front).filter(({ name }) => name === rest && front.access.mayRead(token, name))
  const told = rows.map((row) => healthJson(row, front))
  return healthAnswer(told, told, query)
}

function healthById({ rest, token, query }: Asked, front: Front): Answer {
  if (rest === '') throw new Refusal(400, 'Missing serviceID')
  const rows = ownServices(front).filter(({ id, name }) => id === rest && front.access.mayRead(token, name))
  const told = rows.map((row) => healthJson(row, front))
  return healthAnswer(told, told[0], query)
}

type Told = { readonly AggregatedStatus: CheckStatus }

function healthJson(row: ServiceRow, { state, datacenter }: Front): Told {
  const all = checksOf(state.tables, row)
  return {
    AggregatedStatus: worstOf(all),
    ...{ Service: agentServiceJson(row, datacenter), Checks: all.map((check) => checkJson(check, row)) },
  }
}

/** Good, a warning, bad, and unknown as statuses of HTTP, for those who read no JSON (C41). */
function healthAnswer(told: readonly Told[], body: unknown, query: URLSearchParams): Answer {
  const statuses = told.map(({ AggregatedStatus }) => AggregatedStatus)
  const [status, word] =
    statuses.length === 0
      ? ([404, 'unknown service'] as const)
      : statuses.includes('critical')
        ? ([503, 'critical'] as const)
        : statuses.includes('warning')
          ? ([429, 'warning'] as const)
          : ([200, 'passing'] as const)
  const isText = query.get('format') === 'text' || status === 404
  return isText ? { status, headers: { 'Content-Type': 'text/plain' }, body: word } : { status, body }
}

function self(_: Asked, { state, datacenter }: Front): Answer {
  return {
    body: {
      Config: { Datacenter: datacenter, NodeName: state.node, Server: true, Version: '1.22.0' },
      Meta: {},
    },
  }
}

function ownServices({ state }: Pick<Front, 'state'>): ServiceRow[] {
  return [...state.tables.services.values()].filter(({ node }) => node === state.node)
}

function requireWriteOf(id: string, token: string, { state, access }: Front): void {
  const row = state.tables.services.get(keyOf(state.node, id))
  if (row !== undefined) access.requireWrite(token, row.name)
}

function requireWriteOfCheck(checkId: string, token: string, front: Front): void {
  const row = front.state.tables.checks.get(keyOf(front.state.node, checkId))
  if (row !== undefined) requireWriteOf(row.serviceId, token, front)
}
