import type { Attributes, Context, Span, Telemetry, Tracer } from '@ashlar/kernel'
import { type AnyFailure, ok, type Result } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'
import type { AnyMessage } from '../message.ts'
import { observeStream, type StreamEnd } from './observe-stream.ts'

/** Options of {@link tracing}. */
export interface TracingOptions {
  /** Milliseconds on a scale that never goes back; `performance.now` unless told. */
  readonly now?: () => number
}

/**
 * Makes a behaviour that gives each message a span, and records how long it took.
 *
 * The span has the message's type as its name, and the attributes `ashlar.message.type`, `ashlar.message.kind`,
 * `ashlar.correlation_id` and, at its end, `ashlar.outcome`: `ok`, `refused`, `thrown`, or `left` for a stream that was
 * not read to its end (a stream's span ends with it). Err sets `error.type` to the failure's type and leaves the status
 * unset: an expected refusal is no error of the system. A throw is recorded, and sets the status to ERROR.
 *
 * The histogram `ashlar.mediator.duration` counts seconds, by the same attributes but for the correlation.
 * What the telemetry throws is ignored: it never costs a message its answer.
 *
 * @param telemetry - without a tracer there are no spans, without a meter no measurements, without both no costs
 * @param options - `now`
 * @returns a behaviour for all kinds of messages that adds no failure
 * @example
 * ```ts
 * import { createContext, type Tracer } from '@ashlar/kernel'
 * import { Command, MediatorBuilder, tracing } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class OpenCart extends Command<void> {
 *   static readonly type = 'OpenCart'
 *   readonly type = 'OpenCart'
 * }
 *
 * const tracer: Tracer = {
 *   startActiveSpan: (name, { attributes }, work) =>
 *     work({
 *       setAttributes: (more) => console.log(name, attributes, more),
 *       setStatus: ({ code }) => console.log(name, 'has status', code),
 *       recordException: console.error,
 *       end: () => console.log(name, 'ended'),
 *     }),
 * }
 * const mediator = new MediatorBuilder()
 *   .use(tracing({ tracer }))
 *   .handle(OpenCart, async () => ok())
 *   .build()
 * console.log((await mediator.send(new OpenCart(), createContext())).isOk())
 * ```
 */
export function tracing(telemetry: Telemetry, options: TracingOptions = {}): Behaviour {
  const { tracer, meter } = telemetry
  const { now = () => performance.now() } = options
  const durations = quietly(() =>
    meter?.createHistogram('ashlar.mediator.duration', { description: 'time that messages take', unit: 's' }),
  )
  return {
    name: 'tracing',
    kinds:
      tracer === undefined && durations === undefined ? [] : ['command', 'query', 'stream', 'notification'],
    handle(message, context, next) {
      const startedAt = now()
      return inSpan(tracer, message, context, (span) =>
        observed(message, next(message, context), (end) => {
          if (span !== undefined) finish(span, end)
          const attributes = { ...attributesOf(message), ...attributesAtEnd(end) }
          quietly(() => durations?.record(Math.max(0, now() - startedAt) / 1000, attributes))
        }),
      )
    },
  }
}

/** How a message came to its end; an expected failure is a refusal. */
type End = {
  readonly outcome: StreamEnd['outcome'] | 'refused'
  readonly failureType?: string
  readonly thrown?: unknown
}

const spanError = 2

/** Calls the work once, whatever the tracer does with it. */
function inSpan<Answer>(
  tracer: Tracer | undefined,
  message: AnyMessage,
  context: Context,
  work: (span?: Span) => Answer,
): Answer {
  if (tracer === undefined) return work()
  const attributes = { ...attributesOf(message), 'ashlar.correlation_id': context.correlationId }
  const answers: Answer[] = []
  quietly(() =>
    tracer.startActiveSpan(message.type, { attributes }, (span) => {
      if (answers.length === 0) answers.push(work(span))
      else quietly(() => span.end())
    }),
  )
  if (answers.length === 0) answers.push(work())
  return answers[0] as Answer
}

function observed<Value, Fails extends AnyFailure>(
  message: AnyMessage,
  answer: Promise<Result<Value, Fails>>,
  ended: (end: End) => void,
): Promise<Result<Value, Fails>> {
  return answer.then(
    (result) => {
      if (result.isErr()) ended({ outcome: 'refused', failureType: result.error.type })
      else if (message.kind === 'stream')
        return ok(observeStream(result.value as AsyncIterable<unknown>, ended) as never)
      else ended({ outcome: 'ok' })
      return result
    },
    (thrown) => {
      ended({ outcome: 'thrown', thrown })
      throw thrown
    },
  )
}

function finish(span: Span, end: End): void {
  quietly(() => span.setAttributes(attributesAtEnd(end)))
  if (end.outcome === 'thrown') {
    quietly(() => span.recordException(end.thrown))
    quietly(() => span.setStatus({ code: spanError }))
  }
  quietly(() => span.end())
}

function attributesOf({ type, kind }: AnyMessage): Attributes {
  return { 'ashlar.message.type': type, 'ashlar.message.kind': kind }
}

function attributesAtEnd({ outcome, failureType, thrown }: End): Attributes {
  const errorType = outcome === 'thrown' ? nameOf(thrown) : failureType
  return { 'ashlar.outcome': outcome, ...(errorType !== undefined && { 'error.type': errorType }) }
}

function nameOf(thrown: unknown): string {
  return quietly(() => (thrown instanceof Error ? String(thrown.name) : typeof thrown)) ?? 'unknown'
}

/** Whatever goes wrong with telemetry, now or later, the message goes on. */
function quietly<Answer>(work: () => Answer): Answer | undefined {
  try {
    const answer = work()
    if (answer instanceof Promise) answer.catch(ignore)
    return answer
  } catch {
    return undefined
  }
}

function ignore(): void {}
