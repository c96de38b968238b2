import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { agentRoutes } from './agent-routes.ts'
import { rawAnswer, send } from './answer-sender.ts'
import { type Answer, type Front, type Route, routeOf, tokenOf } from './front.ts'
import { healthRoutes } from './health-routes.ts'
import { Refusal } from './refusal.ts'

/** The server: it listens, reads what is asked, and sends what the routes answer. */
export class HttpFront {
  readonly #front: Front
  readonly #server: Server
  #requests = 0
  #open = 0
  #port = 0

  /** @param front - what answers are made of */
  constructor(front: Front) {
    this.#front = front
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.keepAliveTimeout = 60_000
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** How many requests have come. */
  get requests(): number {
    return this.#requests
  }

  /** How many of them have no answer yet. */
  get waiting(): number {
    return this.#open
  }

  /** Listens, at the same port as before unless one is told. */
  listen(port: number = this.#port): Promise<void> {
    if (this.#server.listening) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        this.#port = (this.#server.address() as AddressInfo).port
        resolve()
      })
    })
  }

  /** Cuts all connections; new ones are taken. */
  drop(): void {
    this.#server.closeAllConnections()
  }

  /** Cuts all connections, and takes no new ones. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests++
    this.#open++
    const gone = new AbortController()
    response.once('close', () => {
      this.#open--
      gone.abort()
    })
    try {
      const answer = await this.#answer(request, gone.signal)
      if (!this.#front.faults.isHanging) send(answer, request, response)
    } catch (error) {
      if (gone.signal.aborted || this.#front.faults.isHanging) return
      const status = error instanceof Refusal ? error.status : 500
      send({ status, body: error instanceof Error ? error.message : String(error) }, request, response)
    }
  }

  async #answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const { faults } = this.#front
    const url = new URL(request.url ?? '/', this.url)
    const body = await textOf(request)
    if (faults.takesRefusal()) throw new Refusal(faults.refusals.status, overLimit)
    if (url.pathname.startsWith('/v1/health/service/')) {
      const raw = faults.takeRaw()
      if (raw !== undefined) return rawAnswer(raw)
    }
    const route = routeOf(routes, url.pathname)
    if (route === undefined) throw new Refusal(404, 'Invalid URL path: not a recognized HTTP API endpoint')
    if (request.method !== route.method)
      return { status: 405, headers: { Allow: route.method }, body: `method ${request.method} not allowed` }
    const rest = decodeURIComponent(url.pathname.slice(route.path.length))
    const { searchParams: query } = url
    return route.answer({ rest, query, token: tokenOf(request, query), body, signal }, this.#front)
  }
}

const routes: readonly Route[] = [...agentRoutes, ...healthRoutes]
const overLimit = 'rate limit exceeded, try again later or against a different server'

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}
