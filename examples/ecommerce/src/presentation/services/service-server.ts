import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { finished } from 'node:stream/promises'
import { failure } from '@ashlar/result'
import type { HealthEndpoints } from '@ashlar/service-discovery/health'
import { ValiError } from 'valibot'
import type { Route } from './routes.ts'

const maxBytes = 65_536
/** How long what was asked is waited for at the end; longer than anybody waits for the answer. */
const patienceMs = 5_000

/** What another attempt may settle, on another instance as well. */
const transient = new Set(['VersionConflict', 'AlreadyExists', 'TimedOut', 'RequestInProgress'])

/** A request that can't be answered, and its status. */
class BadRequest extends Error {
  override readonly name = 'BadRequest'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Listens for the requests of other processes; each is an order that may be given twice. */
export class ServiceServer {
  readonly #server: Server
  readonly #routes: readonly Route[]
  readonly #answering = new Set<Promise<void>>()

  private constructor(routes: readonly Route[], health: HealthEndpoints) {
    this.#routes = routes
    this.#server = createServer((request, response) => {
      if (!health.listener(request, response)) this.#begin(request, response)
    })
    // a caller that says nothing is not waited for
    this.#server.requestTimeout = 10_000
    this.#server.headersTimeout = 5_000
  }

  static async listen(
    options: { readonly host: string; readonly port: number },
    routes: readonly Route[],
    health: HealthEndpoints,
  ): Promise<ServiceServer> {
    const service = new ServiceServer(routes, health)
    const server = service.#server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port, options.host, () => {
        server.off('error', reject)
        resolve()
      })
    })
    return service
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Answers what has been asked, even if nobody waits for it any more, and takes nothing new. */
  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeIdleConnections()
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, patienceMs)
    await Promise.race([this.#allAnswered(), late.promise])
    clearTimeout(timer)
    this.#server.closeAllConnections()
  }

  async #allAnswered(): Promise<void> {
    while (this.#answering.size > 0) await Promise.all(this.#answering)
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const answering: Promise<void> = this.#answer(request, response)
      .then(() => finished(response))
      // whoever asked has gone, which is no fault of ours
      .catch(() => undefined)
      .finally(() => this.#answering.delete(answering))
    this.#answering.add(answering)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { answer, key } = this.#routeOf(request)
      const body = await bodyOf(request)
      const correlationId = correlationOf(request)
      const outcome = await answer(key, body, correlationId)
      if (outcome.isOk()) return send(response, 200, outcome.value)
      send(response, transient.has(outcome.error.type) ? 503 : 422, { failure: outcome.error })
    } catch (error) {
      // whoever asked has left in the middle of the question
      if (error === request.errored) return
      const status = error instanceof BadRequest ? error.status : error instanceof ValiError ? 400 : 500
      const message = status === 500 ? 'something went wrong' : (error as Error).message
      if (status === 500) console.error(error)
      // what is left of a body that is too large is not read
      if (!request.complete) response.setHeader('connection', 'close')
      send(response, status, { failure: failure('BadRequest', message) })
    }
  }

  #routeOf({ method, url = '/' }: IncomingMessage): {
    readonly answer: Route['answer']
    readonly key: string
  } {
    for (const { path, answer } of this.#routes) {
      const [, key] = path.exec(url) ?? []
      if (key === undefined) continue
      if (method !== 'PUT') throw new BadRequest(405, `the method must be PUT, found ${method}`)
      return { answer, key: decoded(key) }
    }
    throw new BadRequest(404, 'there is nothing at this path')
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > maxBytes) throw new BadRequest(413, `the body must have ${maxBytes} bytes at most`)
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw new BadRequest(400, 'the body must be JSON')
  }
}

function decoded(key: string): string {
  try {
    const text = decodeURIComponent(key)
    if (text.length <= 200) return text
  } catch {
    // said below
  }
  throw new BadRequest(400, 'the key must be a text of up to 200 characters')
}

function correlationOf({ headers }: IncomingMessage): string | undefined {
  const id = headers['x-correlation-id']
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : undefined
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 405 && { allow: 'PUT' }) })
  response.end(text)
}
