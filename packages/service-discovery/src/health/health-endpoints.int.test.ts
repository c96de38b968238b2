import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { type HealthEndpoints, healthEndpoints } from './health-endpoints.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('health endpoints behind node:http', () => {
  it('answer what is theirs, and leave the rest to the service', async () => {
    const url = await served(healthEndpoints({ ready: { database: async () => false } }))

    const live = await fetch(`${url}/health/live`)
    const ready = await fetch(`${url}/health/ready?from=probe`)
    const head = await fetch(`${url}/health/ready`, { method: 'HEAD' })
    const posted = await fetch(`${url}/health/ready`, { method: 'POST', body: 'x'.repeat(100_000) })
    const other = await fetch(`${url}/orders`)

    expect([live.status, await live.json()]).toEqual([200, { status: 'live', checks: {} }])
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'not-ready', checks: { database: { status: 'failing' } } },
    ])
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      503,
      ready.headers.get('content-length'),
      '',
    ])
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(await other.text()).toBe('the service')
  })

  it.each(['*', 'http://', '//health/live', '/\\', 'http://x/health/livex'])(
    'leave the target %j to others',
    async (target) => {
      const url = await served(healthEndpoints())

      expect(await rawly(url, `OPTIONS ${target} HTTP/1.1`)).toContain('the service')
    },
  )

  it('answer a target that is a whole address, as proxies send it', async () => {
    const url = await served(healthEndpoints())

    expect(await rawly(url, 'GET http://x/health/live HTTP/1.1')).toContain('HTTP/1.1 200 OK')
  })

  it('survive those who do not wait for the answer', async () => {
    const check = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const health = healthEndpoints({
      ready: {
        slow: () => {
          begun.resolve()
          return check.promise
        },
      },
    })
    const url = await served(health)
    const caller = new AbortController()
    const asking = fetch(`${url}/health/ready`, { signal: caller.signal })
    await begun.promise

    caller.abort()
    await expect(asking).rejects.toThrow()
    check.resolve()

    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  })

  it('survive a response that was answered by somebody else', async () => {
    const health = healthEndpoints()
    const server = createServer((request, response) => {
      health.listener(request, response)
      response.end('too fast')
    })

    const url = await listening(server)

    expect(await (await fetch(`${url}/health/live`)).text()).toBe('too fast')
    expect(await (await fetch(`${url}/health/live`)).text()).toBe('too fast')
  })
})

function served(health: HealthEndpoints): Promise<string> {
  return listening(
    createServer((request, response) => {
      if (!health.listener(request, response)) response.end('the service')
    }),
  )
}

async function listening(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function rawly(url: string, line: string): Promise<string> {
  const stream = connect(Number(new URL(url).port), '127.0.0.1')
  stream.end(`${line}\r\nhost: x\r\nconnection: close\r\n\r\n`)
  return text(stream)
}
