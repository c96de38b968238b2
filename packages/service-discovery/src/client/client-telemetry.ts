import type { Attributes, Counter, Histogram, Span, Telemetry } from '@ashlar/kernel'
import type { PoolEvent } from '../pool/service-pool.ts'
import type { Instance } from '../registry/instance.ts'
import { quietly } from './quietly.ts'

/** How an attempt has ended; one that was `beaten` was called off as another one was faster. */
export type AttemptOutcome = 'ok' | 'failure' | 'beaten' | 'cancelled'

/** What a client tells OpenTelemetry: a span for each attempt, and counts; nothing is paid where nobody listens. */
export class ClientTelemetry {
  readonly #service: string
  readonly #telemetry: Telemetry
  readonly #attempts: Counter | undefined
  readonly #ejections: Counter | undefined
  readonly #durations: Histogram | undefined

  constructor(service: string, telemetry: Telemetry) {
    this.#service = service
    this.#telemetry = telemetry
    const { meter } = telemetry
    if (meter === undefined) return
    this.#attempts = quietly(() =>
      meter.createCounter('ashlar.discovery.attempts', {
        description: 'attempts of calls to a service',
        unit: '{attempt}',
      }),
    )
    this.#ejections = quietly(() =>
      meter.createCounter('ashlar.discovery.ejections', {
        description: 'instances that get no calls for a while',
        unit: '{ejection}',
      }),
    )
    this.#durations = quietly(() =>
      meter.createHistogram('ashlar.discovery.attempt.duration', {
        description: 'how long an attempt took',
        unit: 'ms',
      }),
    )
  }

  /** Runs an attempt within a span of its own, where there is a tracer; one that throws spoils no call. */
  attempt<T>(instance: Instance, number: number, work: () => Promise<T>): Promise<T> {
    const { tracer } = this.#telemetry
    if (tracer === undefined) return work()
    const attributes: Attributes = {
      'ashlar.discovery.service': this.#service,
      'ashlar.discovery.instance': instance.id,
      'ashlar.discovery.attempt': number,
      'server.address': instance.host,
      'server.port': instance.port,
    }
    let working: Promise<T> | undefined
    quietly(() =>
      tracer.startActiveSpan(`call ${this.#service}`, { attributes }, (span) => {
        working ??= within(span, work)
      }),
    )
    // set before anything else, as a tracer may call back as late as it likes
    working ??= work()
    return working
  }

  /** An attempt has ended. */
  ended(instance: Instance, durationMs: number, outcome: AttemptOutcome): void {
    if (this.#attempts === undefined && this.#durations === undefined) return
    const attributes = {
      'ashlar.discovery.service': this.#service,
      'ashlar.discovery.instance': instance.id,
      'ashlar.discovery.outcome': outcome,
    }
    quietly(() => this.#attempts?.add(1, attributes))
    quietly(() => this.#durations?.record(durationMs, attributes))
  }

  /** An instance gets no calls for a while, or gets them again. */
  moved({ type, instance, cause }: PoolEvent): void {
    if (type !== 'ejected') return
    const attributes = {
      'ashlar.discovery.service': this.#service,
      'ashlar.discovery.instance': instance.id,
      'ashlar.discovery.cause': cause,
    }
    quietly(() => this.#ejections?.add(1, attributes))
  }
}

async function within<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    const value = await work()
    quietly(() => span.setStatus({ code: 1 }))
    return value
  } catch (error) {
    quietly(() => span.recordException(error))
    quietly(() => span.setStatus({ code: 2 }))
    throw error
  } finally {
    quietly(() => span.end())
  }
}
