import type { Logger, Random, Timer } from '@ashlar/kernel'
import { FailureError, orThrow } from '@ashlar/result'
import type { Instance } from '../registry/instance.ts'
import type { LeaseKeeping } from '../registry/kept-lease.ts'
import { registrationInvalid } from '../registry/registry-failure.ts'
import type { ParsedRegistration } from '../registry/service-registration.ts'
import { type ConsulAnswer, type ConsulHttp, refusalOf } from './consul-http.ts'
import { checkIdOf, consulRegistration } from './consul-registration.ts'
import type { ParsedConsulOptions } from './consul-registry-options.ts'

/** Keeps one registration by an agent. */
export class ConsulKeeping implements LeaseKeeping {
  readonly registry: string
  readonly ttlMs: number
  readonly logger: Logger
  readonly timer: Timer
  readonly random: Random
  readonly #http: ConsulHttp
  readonly #parsed: ParsedRegistration
  readonly #deregisterCriticalAfterMs: number | undefined

  /**
   * @param parsed - who, and how its health is learned
   * @param http - asks the agent
   * @param options - the registry's
   */
  constructor(parsed: ParsedRegistration, http: ConsulHttp, options: ParsedConsulOptions) {
    this.registry = options.name
    this.ttlMs = parsed.ttlMs
    this.logger = options.logger
    this.timer = options.timer
    this.random = options.random
    this.#http = http
    this.#parsed = parsed
    this.#deregisterCriticalAfterMs = options.deregisterCriticalAfterMs
  }

  /** One that drains is put into maintenance; it is registered before only where the agent does not know it. */
  async grant(instance: Instance, signal: AbortSignal): Promise<void> {
    if (instance.health !== 'draining') return this.#register(instance, signal)
    const told = await this.#maintain(instance, signal)
    if (isSuccess(told)) return
    if (told.status !== 404) throw refusalOf(told)
    await this.#register(instance, signal)
    const again = await this.#maintain(instance, signal)
    if (!isSuccess(again)) throw refusalOf(again)
    await this.renew(instance, signal)
  }

  async renew(instance: Instance, signal: AbortSignal): Promise<'held' | 'lost'> {
    const answer =
      this.#parsed.check.kind === 'ttl'
        ? await this.#put(['agent', 'check', 'pass', checkIdOf(instance)], {}, signal)
        : await this.#http.ask({ method: 'GET', path: ['agent', 'service', instance.id] }, signal)
    if (isSuccess(answer)) return 'held'
    if (answer.status === 404 || isUnknownCheck(answer)) return 'lost'
    throw refusalOf(answer)
  }

  async withdraw({ id }: Instance, signal: AbortSignal): Promise<void> {
    const answer = await this.#put(['agent', 'service', 'deregister', id], {}, signal)
    if (isSuccess(answer) || answer.status === 404 || /unknown service/i.test(answer.text)) return
    throw refusalOf(answer)
  }

  /** With checks left over from before, a maintenance would never end. */
  async #register(instance: Instance, signal: AbortSignal): Promise<void> {
    const parsed = { ...this.#parsed, instance }
    const { value: body } = await orThrow(consulRegistration(parsed, this.#deregisterCriticalAfterMs))
    const query = { 'replace-existing-checks': 'true' }
    const path = ['agent', 'service', 'register']
    const answer = await this.#http.ask({ method: 'PUT', path, query, body }, signal)
    if (isSuccess(answer)) return
    if (answer.status !== 400) throw refusalOf(answer)
    throw new FailureError(
      registrationInvalid(instance.service, 'registration', 'one that the agent takes', answer.text),
    )
  }

  #maintain({ id }: Instance, signal: AbortSignal): Promise<ConsulAnswer> {
    const path = ['agent', 'service', 'maintenance', id]
    return this.#put(path, { enable: 'true', reason: 'draining' }, signal)
  }

  #put(
    path: readonly string[],
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ConsulAnswer> {
    return this.#http.ask({ method: 'PUT', path, query }, signal)
  }
}

function isSuccess({ status }: ConsulAnswer): boolean {
  return status === 200
}

/** Agents of old say with a status of 500 that they don't know a check. */
function isUnknownCheck({ status, text }: ConsulAnswer): boolean {
  return status === 500 && /unknown check|not have associated TTL/i.test(text)
}
