import { systemTimer, type Timer } from '@ashlar/kernel'
import { CachedCheck, type CheckOutcome, type HealthCheck, type HealthCheckSettings } from './health-check.ts'
import { requireMs } from './require-ms.ts'

/** What {@link healthEndpoints} is told. */
export interface HealthEndpointsOptions {
  /** What must work for calls to be answered, by name; none unless told. */
  readonly ready?: Readonly<Record<string, HealthCheck | HealthCheckSettings>>
  /** What must work for the process not to be started again, by name; none unless told, and seldom a good idea. */
  readonly live?: Readonly<Record<string, HealthCheck | HealthCheckSettings>>
  /** Where it is asked whether the process lives; `/health/live` unless told. */
  readonly livePath?: string
  /** Where it is asked whether calls are answered; `/health/ready` unless told. */
  readonly readyPath?: string
  /** How long a check may take, from 1; 2,000 unless told. */
  readonly timeoutMs?: number
  /** For how long a check's answer is good, from 0; 1,000 unless told. */
  readonly cacheMs?: number
  /** Whether answers say why a check fails, which is nobody's business outside; false unless told. */
  readonly detail?: boolean
  /** Measures time; the system's unless told. */
  readonly timer?: Timer
}

/** As much of `node:http`'s request as is looked at. */
export interface HealthRequest {
  /** Such as `GET`. */
  readonly method?: string | undefined
  /** The path with what follows it. */
  readonly url?: string | undefined
}

/** As much of `node:http`'s response as is written to. */
export interface HealthResponse {
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string>): unknown
  /** Ends it. */
  end(body?: string): unknown
}

/** Answers probes. Made by {@link healthEndpoints}. */
export interface HealthEndpoints {
  /** Whether `drain` was called. */
  readonly isDraining: boolean
  /** Answers from now on that nothing new should be sent here; whether the process lives is another question. */
  drain(): void
  /**
   * Answers a request of the web's standard.
   *
   * @param request - any request
   * @returns the answer, or nothing where the path is not one of ours; it never rejects
   */
  handle(request: Request): Promise<Response | undefined>
  /**
   * Answers a request of `node:http`.
   *
   * @param request - any request
   * @param response - where the answer goes, which is written a little later
   * @returns whether the path is one of ours; where it is not, nothing is written
   */
  listener(request: HealthRequest, response: HealthResponse): boolean
}

/**
 * Makes the two answers that load balancers and registries ask for: whether the process lives, and whether it is ready.
 *
 * `GET` and `HEAD` of `/health/live` say 200 for as long as the process can answer. `/health/ready` says 200 while every
 * check passes, 503 and which ones fail otherwise, and 503 from `drain` on. Checks are run when somebody asks, once for
 * all who ask at the same time.
 *
 * @param options - the checks, and where they are asked for
 * @returns the endpoints, for web-standard servers and for `node:http`
 * @throws RangeError for an option that can't be
 * @example
 * ```ts
 * import { healthEndpoints } from '@ashlar/service-discovery/health'
 *
 * const health = healthEndpoints({ ready: { database: async () => true } })
 *
 * const answer = await health.handle(new Request('http://localhost/health/ready'))
 * console.log(answer?.status, await answer?.json()) // 200 { status: 'ready', checks: { database: { status: 'passing' } } }
 *
 * health.drain()
 * console.log((await health.handle(new Request('http://localhost/health/ready')))?.status) // 503
 * ```
 */
export function healthEndpoints(options: HealthEndpointsOptions = {}): HealthEndpoints {
  return new CheckedEndpoints(options)
}

type Endpoint = 'live' | 'ready'
type Checks = ReadonlyMap<string, CachedCheck>

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

class CheckedEndpoints implements HealthEndpoints {
  readonly #paths: ReadonlyMap<string, Endpoint>
  readonly #checks: Readonly<Record<Endpoint, Checks>>
  readonly #isDetailed: boolean
  #isDraining = false

  constructor(options: HealthEndpointsOptions) {
    const { livePath = '/health/live', readyPath = '/health/ready', detail = false } = options
    requirePath('livePath', livePath)
    requirePath('readyPath', readyPath)
    if (livePath === readyPath)
      throw new RangeError(`option "readyPath" must be another path than "livePath", found "${readyPath}"`)
    this.#paths = new Map<string, Endpoint>([
      [livePath, 'live'],
      [readyPath, 'ready'],
    ])
    this.#checks = { live: checksOf('live', options), ready: checksOf('ready', options) }
    this.#isDetailed = detail
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  drain(): void {
    this.#isDraining = true
  }

  async handle(request: Request): Promise<Response | undefined> {
    const endpoint = this.#endpointOf(request.url)
    if (endpoint === undefined) return undefined
    const { status, headers, body } = await this.#answer(endpoint, request.method)
    return new Response(request.method === 'HEAD' ? null : body, { status, headers })
  }

  listener(request: HealthRequest, response: HealthResponse): boolean {
    const endpoint = this.#endpointOf(request.url ?? '')
    if (endpoint === undefined) return false
    const { method = '' } = request
    const answering = this.#answer(endpoint, method).then(({ status, headers, body }) => {
      response.writeHead(status, headers)
      response.end(method === 'HEAD' ? undefined : body)
    })
    // whoever asked is gone, or was answered by somebody else: a probe is not worth a crash
    answering.catch(() => {})
    return true
  }

  #endpointOf(url: string): Endpoint | undefined {
    const path = url.startsWith('/') ? url.split('?', 1)[0] : URL.parse(url)?.pathname
    return this.#paths.get(path ?? '')
  }

  async #answer(endpoint: Endpoint, method: string): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD')
      return answerOf(405, { status: 'method-not-allowed' }, { allow: 'GET, HEAD' })
    if (endpoint === 'ready' && this.#isDraining) return answerOf(503, { status: 'draining' })
    const outcomes = await outcomesOf(this.#checks[endpoint])
    // drained while the checks ran
    if (endpoint === 'ready' && this.#isDraining) return answerOf(503, { status: 'draining' })
    const isWell = outcomes.every(([, { status }]) => status === 'passing')
    const checks = Object.fromEntries(outcomes.map(([name, outcome]) => [name, this.#shown(outcome)]))
    return answerOf(isWell ? 200 : 503, { status: isWell ? endpoint : `not-${endpoint}`, checks })
  }

  #shown(outcome: CheckOutcome): Pick<CheckOutcome, 'status'> {
    return this.#isDetailed ? outcome : { status: outcome.status }
  }
}

function outcomesOf(checks: Checks): Promise<readonly (readonly [string, CheckOutcome])[]> {
  return Promise.all([...checks].map(async ([name, check]) => [name, await check.outcome()] as const))
}

function answerOf(status: number, content: object, more: Record<string, string> = {}): Answer {
  const body = JSON.stringify(content)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(new TextEncoder().encode(body).byteLength),
    'cache-control': 'no-store',
    ...more,
  }
  return { status, headers, body }
}

function checksOf(endpoint: Endpoint, options: HealthEndpointsOptions): Checks {
  const { timeoutMs = 2_000, cacheMs = 1_000, timer = systemTimer } = options
  requireMs('timeoutMs', timeoutMs, 1)
  requireMs('cacheMs', cacheMs, 0)
  const named = Object.entries(options[endpoint] ?? {}).map(([name, told]) => {
    const settings = { timeoutMs, cacheMs, ...(typeof told === 'function' ? { check: told } : told) }
    if (typeof settings.check !== 'function')
      throw new RangeError(`option "${endpoint}.${name}" must be a function, found ${typeof settings.check}`)
    requireMs(`${endpoint}.${name}.timeoutMs`, settings.timeoutMs, 1)
    requireMs(`${endpoint}.${name}.cacheMs`, settings.cacheMs, 0)
    return [name, new CachedCheck(settings, timer)] as const
  })
  return new Map(named)
}

function requirePath(option: string, path: unknown): void {
  if (typeof path === 'string' && /^\/[^?#\s]*$/.test(path)) return
  throw new RangeError(
    `option "${option}" must be a path that begins with "/", found ${JSON.stringify(path)}`,
  )
}
