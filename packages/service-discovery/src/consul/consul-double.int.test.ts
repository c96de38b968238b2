import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import Consul from 'consul'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsulDouble } from './double/consul-double.ts'

let timer: ManualTimer
let double: ConsulDouble
/** A client that others have written, and that knows nothing of us. */
let client: Consul

beforeEach(async () => {
  timer = manualTimer()
  double = await ConsulDouble.start({ timer, random: { next: () => 0.5 }, nodeMeta: { zone: 'eu-1a' } })
  client = clientOf(double)
})
afterEach(async () => {
  client.destroy()
  await double.stop()
})

function clientOf({ url }: ConsulDouble, token?: string): Consul {
  const { hostname, port } = new URL(url)
  return new Consul({
    host: hostname,
    port: Number(port),
    ...(token === undefined ? {} : { defaults: { token } }),
  })
}

type Asked = { method?: string; body?: unknown; headers?: Record<string, string> }
async function ask(path: string, { method = 'GET', body, headers = {} }: Asked = {}) {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${double.url}/v1/${path}`, { method, headers, body: text })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const put = (path: string, body?: unknown) => ask(path, { method: 'PUT', body })
const register = (body: object, query = '') => put(`agent/service/register${query}`, body)
const statusesOf = async (service = 'web') =>
  (await client.health.service({ service })).map(({ Checks }) =>
    Checks.filter(({ ServiceID }: { ServiceID: string }) => ServiceID !== '').map(
      ({ Status }: { Status: string }) => Status,
    ),
  )
const web = { name: 'web', id: 'web-1', address: '10.0.0.7', port: 8_080 }
// the client's types want a time-out of every check
const ttl = { name: 'alive', ttl: '10s', status: 'passing', timeout: '1s' }
/** Waits until so many answers are held back. */
async function untilWaiting(count: number): Promise<void> {
  while (double.waiting !== count) await new Promise((resolve) => setImmediate(resolve))
}

describe('ConsulDouble, registrations', () => {
  it('C01 takes a service with an empty answer, and shows it to a foreign client', async () => {
    const answer = await register({ Name: 'raw', ID: 'raw-1', Port: 1 })
    await client.agent.service.register({ ...web, tags: ['green'], meta: { Version_Of: '1' } })

    expect(answer).toMatchObject({ status: 200, text: '' })
    expect((await client.agent.service.list())['web-1']).toMatchObject({
      ID: 'web-1',
      Service: 'web',
      Address: '10.0.0.7',
      Port: 8_080,
      Tags: ['green'],
      Meta: { Version_Of: '1' },
    })
  })

  it('C01 knows keys in any case, with and without underscores', async () => {
    await register({ name: 'web', id: 'web-1', check: { check_id: 'mine', ttl: '10s' } })

    const { text } = await ask('agent/checks')

    expect(JSON.parse(text)).toHaveProperty('mine')
  })

  it.each([
    ['C02', '{"Name":', /^Request decode failed: /],
    ['C02', { Name: 7 }, /^Request decode failed: /],
    ['C03', { ID: 'web-1' }, /^Missing service name$/],
    ['C06', { Name: 'web', Address: '0.0.0.0' }, /^Invalid service address$/],
    ['C06', { Name: 'web', Address: '::' }, /^Invalid service address$/],
    ['C07', { Name: 'web', Check: { TTL: '10s', Status: 'fine' } }, /^Status for checks must /],
    ['C08', { Name: 'web', Check: { HTTP: 'http://127.0.0.1/' } }, /^Must provide TTL or /],
    ['C08', { Name: 'web', Check: {} }, /^Must provide TTL or /],
  ])('%s refuses %j', async (_, body, said) => {
    const answer = await put('agent/service/register', body)

    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(said)
  })

  it('C04 takes the name for an id, and puts the same id in the place of the other', async () => {
    await client.agent.service.register('web')
    await client.agent.service.register({ name: 'web', port: 2 })

    expect(Object.keys(await client.agent.service.list())).toEqual(['web'])
    expect((await client.agent.service.list()).web).toMatchObject({ Port: 2 })
  })

  it('C05 leaves an address empty, beside that of the machine', async () => {
    await client.agent.service.register('web')

    const [entry] = await client.health.service('web')

    expect(entry).toMatchObject({ Service: { Address: '' }, Node: { Address: '127.0.0.1', Node: 'node-1' } })
  })

  it('C09 C10 takes one check and a list of them, and counts their ids', async () => {
    await register({ Name: 'test', Check: { TTL: '10s' }, Checks: [{ TTL: '10s' }, { TTL: '10s' }] })
    await register({ Name: 'one', Check: { TTL: '10s' } })

    const ids = Object.keys(JSON.parse((await ask('agent/checks')).text))

    expect(ids.filter((id) => id !== 'serfHealth').sort()).toEqual([
      'service:one',
      'service:test:1',
      'service:test:2',
      'service:test:3',
    ])
  })

  it('C11 keeps checks of before, unless told to replace them', async () => {
    const three = { Name: 'test', Checks: [{ TTL: '1s' }, { TTL: '1s' }, { TTL: '1s' }] }
    const two = { Name: 'test', Checks: [{ TTL: '1s' }, { TTL: '1s' }] }
    await register(three)

    await register(two)
    const kept = await statusesOf('test')
    await register(two, '?replace-existing-checks=true')

    expect(kept[0]).toHaveLength(3)
    expect((await statusesOf('test'))[0]).toHaveLength(2)
  })

  it('C12 begins critical, unless told otherwise', async () => {
    await client.agent.service.register({ ...web, checks: [{ name: 'a', ttl: '10s', timeout: '1s' }, ttl] })

    expect(await statusesOf()).toEqual([['critical', 'passing']])
  })

  it('C13 has weights of 1 and 1, and none for a warning where only the other is told', async () => {
    await register({ Name: 'even' })
    await register({ Name: 'odd', Weights: { passing: 16 } })

    expect((await client.health.service('even'))[0].Service.Weights).toEqual({ Passing: 1, Warning: 1 })
    expect((await client.health.service('odd'))[0].Service.Weights).toEqual({ Passing: 16, Warning: 0 })
  })

  it('C15 C16 takes one out with its checks, and knows none of another id', async () => {
    await client.agent.service.register({ ...web, check: ttl })

    await client.agent.service.deregister('web-1')

    expect(await client.health.service('web')).toEqual([])
    expect(JSON.parse((await ask('agent/checks')).text)).not.toHaveProperty('service:web-1')
    await expect(client.agent.service.deregister('web-1')).rejects.toThrow(/not found/)
    expect(await put('agent/service/deregister/web-1')).toMatchObject({
      status: 404,
      text: 'Unknown service ID "web-1". Ensure that the service ID is passed, not the service name.',
    })
  })

  it('C18 takes registrations without a leader', async () => {
    double.leaderless()

    expect((await register({ Name: 'web' })).status).toBe(200)
  })

  it('C19 begins and ends maintenance', async () => {
    await client.agent.service.register({ ...web, check: ttl })
    const isThere = async () =>
      (await client.health.service('web'))[0].Checks.some(
        ({ CheckID, Status }: { CheckID: string; Status: string }) =>
          CheckID === '_service_maintenance:web-1' && Status === 'critical',
      )

    await client.agent.service.maintenance({ id: 'web-1', enable: true, reason: 'why' })
    await client.agent.service.maintenance({ id: 'web-1', enable: true })
    const began = await isThere()
    await client.agent.service.maintenance({ id: 'web-1', enable: false })

    expect([began, await isThere()]).toEqual([true, false])
  })

  it('C19 begins and ends the maintenance of the machine', async () => {
    await client.agent.service.register(web)

    await client.agent.maintenance({ enable: true })

    expect((await ask('agent/health/service/id/web-1')).status).toBe(503)
    await client.agent.maintenance({ enable: false })
    expect((await ask('agent/health/service/id/web-1')).status).toBe(200)
  })

  it.each([
    ['web-1', 400, 'Missing value for enable'],
    ['web-1?enable=perhaps', 400, 'Invalid value for enable: "perhaps"'],
    ['?enable=true', 400, 'Missing service ID'],
    ['nobody?enable=true', 404, 'Unknown service ID "nobody"'],
  ])('C19 refuses the maintenance of %s', async (path, status, said) => {
    const answer = await put(`agent/service/maintenance/${path}`)

    expect(answer.status).toBe(status)
    expect(answer.text).toContain(said)
  })
})

describe('ConsulDouble, rights', () => {
  let guarded: ConsulDouble

  beforeEach(async () => {
    guarded = await ConsulDouble.start({
      tokens: { master: { write: ['*'] }, reader: { read: ['web'] }, other: { read: ['db'] } },
    })
    await clientOf(guarded, 'master').agent.service.register({ ...web, check: ttl })
  })
  afterEach(() => guarded.stop())

  it('C14 refuses a token that is unknown, and one with too few rights', async () => {
    await expect(clientOf(guarded, 'nobody').health.service('web')).rejects.toThrow(/ACL not found/)
    await expect(clientOf(guarded, 'reader').agent.service.register(web)).rejects.toThrow(/Permission denied/)
    await expect(clientOf(guarded, 'reader').agent.service.deregister('web-1')).rejects.toThrow(
      /Permission denied/,
    )
    await expect(clientOf(guarded, 'reader').agent.check.pass('service:web-1')).rejects.toThrow(
      /Permission denied/,
    )
  })

  it('C14 takes the token of the query before that of the header, and that before the bearer', async () => {
    const url = `${guarded.url}/v1/health/service/web`
    const statusOf = async (query: string, headers: Record<string, string>) =>
      (await fetch(`${url}${query}`, { headers })).status

    expect(await statusOf('?token=reader', { 'x-consul-token': 'nobody' })).toBe(200)
    expect(await statusOf('', { 'x-consul-token': 'nobody', authorization: 'Bearer reader' })).toBe(403)
    expect(await statusOf('', { authorization: 'Bearer reader' })).toBe(200)
  })

  it('C39 hides what a token may not see, and says so', async () => {
    const askAs = (token: string, service = 'web') =>
      fetch(`${guarded.url}/v1/health/service/${service}`, { headers: { 'x-consul-token': token } })

    const hidden = await askAs('other')
    const seen = await askAs('reader')
    const none = await askAs('other', 'nothing-there')

    expect(await hidden.json()).toEqual([])
    expect(hidden.headers.get('x-consul-results-filtered-by-acls')).toBe('true')
    expect(await seen.json()).toHaveLength(1)
    expect(seen.headers.has('x-consul-results-filtered-by-acls')).toBe(false)
    expect(none.headers.has('x-consul-results-filtered-by-acls')).toBe(false)
  })
})

describe('ConsulDouble, checks', () => {
  it('C20 C22 turns critical when a TTL is over, which begins anew with each sign of life', async () => {
    await client.agent.service.register({ ...web, check: ttl })

    timer.advance(9_000)
    await client.agent.check.pass('service:web-1')
    timer.advance(9_000)
    const inTime = await statusesOf()
    timer.advance(1_000)

    expect([inTime, await statusesOf()]).toEqual([[['passing']], [['critical']]])
  })

  it('C20 sets each of the three states, with a note', async () => {
    await client.agent.service.register({ ...web, check: ttl })

    await client.agent.check.warn({ id: 'service:web-1', note: 'slow' })
    const warned = (await client.agent.check.list())['service:web-1']
    await client.agent.check.fail('service:web-1')

    expect(warned).toMatchObject({ Status: 'warning', Output: 'slow', Type: 'ttl', ServiceName: 'web' })
    expect(await statusesOf()).toEqual([['critical']])
  })

  it('C21 takes a state and its output, which is cut at 4,096 bytes', async () => {
    await client.agent.service.register({ ...web, check: ttl })

    const update = (body: object) => put('agent/check/update/service:web-1', body)
    await update({ Status: 'warning', Output: 'x'.repeat(5_000) })
    const refused = await update({ Status: 'fine' })

    const { Output, Status } = (await client.agent.check.list())['service:web-1'] ?? {}
    expect(Status).toBe('warning')
    expect(Output).toBe(`${'x'.repeat(4_096)} ... (captured 4096 of 5000 bytes)`)
    expect(refused).toMatchObject({ status: 400, text: "Invalid check status: 'fine'" })
  })

  it('C22 knows no check of another id', async () => {
    await expect(client.agent.check.pass('service:nobody')).rejects.toThrow(/not found/)
    const answer = await put('agent/check/pass/service:nobody')
    expect([answer.status, answer.text]).toEqual([404, expect.stringMatching(/^Unknown check ID/)])
  })

  it('C26 takes out what was critical for too long, looking each 30 s', async () => {
    const check = { ...ttl, deregistercriticalserviceafter: '1s' }
    await client.agent.service.register({ ...web, check })

    timer.advance(69_000)
    const before = await client.health.service('web')
    timer.advance(21_000)

    expect(before).toHaveLength(1)
    expect(await client.health.service('web')).toEqual([])
  })

  describe('that ask', () => {
    let asked: Server
    let status: number
    const port = () => (asked.address() as AddressInfo).port
    const until = async (wanted: string) => {
      while ((await statusesOf())[0][0] !== wanted) {
        timer.advance(1_000)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }

    beforeEach(async () => {
      asked = createServer((_, response) => void response.writeHead(status).end())
      await new Promise<void>((resolve) => asked.listen(0, '127.0.0.1', resolve))
    })
    afterEach(async () => {
      asked.closeAllConnections()
      await new Promise((resolve) => asked.close(resolve))
    })

    it('C23 tells 2xx, 429 and all others apart over HTTP', async () => {
      const check = { name: 'http', http: `http://127.0.0.1:${port()}/`, interval: '1s', timeout: '1s' }
      status = 204
      await client.agent.service.register({ ...web, check })

      await until('passing')
      status = 429
      await until('warning')
      status = 500
      await until('critical')

      expect(await statusesOf()).toEqual([['critical']])
    })

    it('C24 connects over TCP', async () => {
      const check = { name: 'tcp', tcp: `127.0.0.1:${port()}`, interval: '1s', timeout: '1s' }
      await client.agent.service.register({ ...web, check })

      await until('passing')
      asked.closeAllConnections()
      await new Promise((resolve) => asked.close(resolve))
      await until('critical')

      expect(await statusesOf()).toEqual([['critical']])
    })
  })
})

describe('ConsulDouble, health', () => {
  it('C30 C31 knows no instance of a service that nobody knows, and wants a name', async () => {
    expect(await ask('health/service/nobody')).toMatchObject({ status: 200, text: '[]' })
    expect(await ask('health/service/')).toMatchObject({ status: 400, text: 'Missing service name' })
  })

  it('C32 leaves out who has any check that does not pass, that of the machine included', async () => {
    double.place({ node: 'node-2', service: 'web', port: 1 })
    double.place({ node: 'node-3', service: 'web', port: 2 })
    double.place({ node: 'node-4', service: 'web', port: 3, status: 'warning' })
    const passing = async () =>
      (await client.health.service({ service: 'web', passing: true })).map(({ Node }) => Node.Node)

    const before = await passing()
    double.setCheck('node-2', 'serfHealth', 'critical')

    expect(before.sort()).toEqual(['node-2', 'node-3'])
    expect(await passing()).toEqual(['node-3'])
  })

  it('C32 keeps no order where it leaves some out', async () => {
    for (const at of [1, 2, 3, 4]) double.place({ node: `node-${at}`, service: 'web', port: at })

    double.setCheck('node-1', 'serfHealth', 'critical')

    const entries = await client.health.service({ service: 'web', passing: true })
    expect(entries.map(({ Node }) => Node.Node)).toEqual(['node-4', 'node-2', 'node-3'])
  })

  it('C32 takes `passing` without a value, and refuses what is no truth', async () => {
    double.place({ node: 'node-2', service: 'web', port: 1, status: 'critical' })

    expect((await ask('health/service/web?passing')).text).toBe('[]')
    expect(JSON.parse((await ask('health/service/web?passing=false')).text)).toHaveLength(1)
    expect(await ask('health/service/web?passing=perhaps')).toMatchObject({
      status: 400,
      text: 'Invalid value for ?passing',
    })
  })

  it('C34 has empty lists of tags, and null for no metadata', async () => {
    await client.agent.service.register('web')

    const [{ Service, Checks, Node }] = await client.health.service('web')

    expect(Service).toMatchObject({ Tags: [], Meta: null })
    expect(Node.Meta).toEqual({ zone: 'eu-1a' })
    expect(Checks).toMatchObject([{ CheckID: 'serfHealth', ServiceTags: [] }])
  })

  it('C35 C36 takes several tags together, and no filter', async () => {
    double.place({ node: 'node-2', service: 'web', port: 1, tags: ['a'] })
    double.place({ node: 'node-3', service: 'web', port: 2, tags: ['b', 'a'] })

    const { text } = await ask('health/service/web?tag=a&tag=b')

    expect(JSON.parse(text)).toMatchObject([{ Node: { Node: 'node-3' } }])
    expect((await ask('health/service/web?filter=nonsense')).status).toBe(400)
  })

  it('C37 C38 bears `near`, and tells the datacenter', async () => {
    await client.agent.service.register('web')

    const { text } = await ask('health/service/web?near=_agent&dc=dc1')

    expect(JSON.parse(text)).toMatchObject([{ Node: { Datacenter: 'dc1' } }])
  })

  it('C41 tells health by the status, for those who read no JSON', async () => {
    await client.agent.service.register({ ...web, check: ttl })
    const look = async () => {
      const byId = await ask('agent/health/service/id/web-1')
      const byName = await ask('agent/health/service/name/web?format=text')
      return [byId.status, byName.status, byName.text]
    }

    const well = await look()
    await client.agent.check.warn('service:web-1')
    const warned = await look()
    await client.agent.check.fail('service:web-1')

    expect(well).toEqual([200, 200, 'passing'])
    expect(warned).toEqual([429, 429, 'warning'])
    expect(await look()).toEqual([503, 503, 'critical'])
    expect((await ask('agent/health/service/name/nobody')).status).toBe(404)
    expect((await ask('agent/health/service/name/')).status).toBe(400)
  })

  it('C42 tells names and tags in the catalogue, and no health', async () => {
    await client.agent.service.register({ ...web, tags: ['green'] })

    expect(await client.catalog.services()).toEqual({ web: ['green'] })
  })
})

describe('ConsulDouble, blocking questions', () => {
  const indexOf = ({ headers }: { headers: Headers }) => Number(headers.get('x-consul-index'))

  it('C50 C65 tells an index from 1, a leader, its contact, and JSON', async () => {
    const { headers, text } = await ask('health/service/web?stale&pretty')

    expect(indexOf({ headers })).toBeGreaterThanOrEqual(1)
    expect(headers.get('x-consul-knownleader')).toBe('true')
    expect(headers.get('x-consul-lastcontact')).toBe('0')
    expect(headers.get('x-consul-effective-consistency')).toBe('stale')
    expect(headers.get('content-type')).toBe('application/json')
    expect(text).toBe('[]')
  })

  it('C51 C52 holds an answer back for the wait and up to a sixteenth, then tells the same', async () => {
    await client.agent.service.register(web)
    const first = await ask('health/service/web')

    const second = ask(`health/service/web?index=${indexOf(first)}&wait=16s`)
    await untilWaiting(1)
    const [waitMs = 0] = timer.waits.filter((ms) => ms <= 17_000)
    timer.advance(waitMs)

    expect(waitMs).toBe(16_500)
    expect((await second).text).toBe(first.text)
    expect(indexOf(await second)).toBe(indexOf(first))
  })

  it.each([
    ['index=1&wait=soon', 'Invalid wait time'],
    ['index=first', 'Invalid index'],
  ])('C52 refuses %s', async (query, said) => {
    expect(await ask(`health/service/web?${query}`)).toMatchObject({ status: 400, text: said })
  })

  it('C52 waits ten minutes at most, and five unless told', async () => {
    await client.agent.service.register(web)
    const index = indexOf(await ask('health/service/web'))

    const asked = [ask(`health/service/web?index=${index}&wait=1h`), ask(`health/service/web?index=${index}`)]
    await untilWaiting(2)

    expect(timer.waits.filter((ms) => ms > 30_000)).toEqual([309_375, 618_750])
    double.churn()
    await Promise.all(asked)
  })

  it('C53 C58 wakes for nothing, with a greater index and the same instances', async () => {
    await client.agent.service.register(web)
    const first = await ask('health/service/web')

    const second = ask(`health/service/web?index=${indexOf(first)}`)
    await untilWaiting(1)
    double.churn()

    expect(JSON.parse((await second).text)).toEqual(JSON.parse(first.text))
    expect(indexOf(await second)).toBeGreaterThan(indexOf(first))
  })

  it('C56 waits for a service that nobody knows, whatever others do', async () => {
    const index = indexOf(await ask('health/service/web'))

    const waiting = ask(`health/service/web?index=${index}`)
    await untilWaiting(1)
    await client.agent.service.register('other')
    const heldBack = double.waiting
    await client.agent.service.register(web)

    expect(heldBack).toBe(1)
    expect(JSON.parse((await waiting).text)).toHaveLength(1)
  })

  it('C54 C57 wakes all when a snapshot is restored, with an index that goes back', async () => {
    const before = double.snapshot()
    await client.agent.service.register(web)
    const first = await ask('health/service/web')

    const second = ask(`health/service/web?index=${indexOf(first)}`)
    await untilWaiting(1)
    before.restore()

    expect((await second).text).toBe('[]')
    expect(indexOf(await second)).toBeLessThan(indexOf(first))
  })

  it('C54 begins the index anew after a restart', async () => {
    await client.agent.service.register(web)

    double.restart()

    expect(indexOf(await ask('health/service/web'))).toBe(1)
  })

  it('C59 C60 refuses two consistencies, and without a leader all but stale questions', async () => {
    double.leaderless()

    expect(await ask('health/service/web?stale&consistent')).toMatchObject({
      status: 400,
      text: 'Cannot specify ?stale with ?consistent, conflicting semantics.',
    })
    for (const query of ['', '?leader', '?consistent'])
      expect(await ask(`health/service/web${query}`)).toMatchObject({
        status: 500,
        text: 'No cluster leader',
      })
    const stale = await ask('health/service/web?stale')
    expect([stale.status, stale.headers.get('x-consul-knownleader')]).toEqual([200, 'false'])
    expect((await ask('status/leader')).text).toBe('""')
  })

  it('C61 C62 refuses as many requests as it is told', async () => {
    double.rateLimit(1)
    const limited = await ask('health/service/web')
    double.rateLimit(1, 503)

    expect([limited.status, (await ask('health/service/web')).status]).toEqual([429, 503])
    expect((await ask('health/service/web')).status).toBe(200)
  })

  it("C64 waits on the content's hash of one instance of the agent", async () => {
    await client.agent.service.register(web)
    const first = await ask('agent/service/web-1')
    const hash = first.headers.get('x-consul-contenthash')

    const second = ask(`agent/service/web-1?hash=${hash}`)
    await untilWaiting(1)
    await client.agent.service.register({ ...web, port: 9 })

    expect(JSON.parse((await second).text)).toMatchObject({ Port: 9 })
    expect((await second).headers.get('x-consul-contenthash')).not.toBe(hash)
    expect((await ask('agent/service/nobody')).status).toBe(404)
  })

  it('C66 refuses other methods, and says which it takes', async () => {
    const answer = await ask('health/service/web', { method: 'POST' })

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    expect((await ask('agent/service/deregister/web-1')).status).toBe(405)
    expect((await ask('kv/nothing-here')).status).toBe(404)
  })
})

describe('ConsulDouble, followed by a foreign client', () => {
  /** Follows by the client's own means, and keeps what it was told. */
  function follow() {
    const told: string[][] = []
    const errors: string[] = []
    let wake = () => {}
    const watch = client.watch({
      method: client.health.service,
      options: { service: 'web' },
      backoffFactor: 1,
    })
    watch.on('change', (entries: { Service: { ID: string } }[]) => {
      told.push(entries.map(({ Service }) => Service.ID))
      wake()
    })
    watch.on('error', (error: Error) => {
      errors.push(error.message)
      wake()
    })
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await new Promise<void>((resolve) => (wake = resolve))
    }
    return { told, errors, until, end: () => watch.end() }
  }

  it('C51 C56 tells each change', async () => {
    const following = follow()
    await following.until(() => following.told.length === 1)

    await client.agent.service.register(web)
    await following.until(() => following.told.length === 2)
    await client.agent.service.deregister('web-1')
    await following.until(() => following.told.length === 3)
    following.end()

    expect(following.told).toEqual([[], ['web-1'], []])
  })

  it('C54 C55 is followed over an index that goes back', async () => {
    const before = double.snapshot()
    await client.agent.service.register(web)
    const following = follow()
    await following.until(() => following.told.length === 1)
    await untilWaiting(1)

    before.restore()
    await following.until(() => following.told.at(-1)?.length === 0)
    await client.agent.service.register({ ...web, id: 'web-2' })
    await following.until(() => following.told.at(-1)?.[0] === 'web-2')
    following.end()

    expect(following.errors).toEqual([])
  })

  it('C50 makes it complain of an index of 0', async () => {
    double.zeroIndex()
    const following = follow()

    await following.until(() => following.errors.length > 0)
    following.end()

    expect(following.errors[0]).toBe('Consul returned zero index value')
  })

  it('C63 is followed again after a restart', async () => {
    const following = follow()
    await following.until(() => following.told.length === 1)

    double.restart()
    await following.until(() => following.errors.length > 0)
    await client.agent.service.register(web)
    await following.until(() => following.told.at(-1)?.length === 1)
    following.end()

    expect(following.told.at(-1)).toEqual(['web-1'])
  })
})
