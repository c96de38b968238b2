import { type Attributes, createContext, type Telemetry } from '@ashlar/kernel'
import { err, type Failure, failure, ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { StreamQuery } from '../stream-query.ts'
import { tracing } from './tracing.ts'

type CartNotOpen = Failure<'CartNotOpen', { email: string }>

class CloseCart extends Command<string, CartNotOpen> {
  static readonly type = 'CloseCart'
  readonly type = 'CloseCart'
}

class CountUp extends StreamQuery<number> {
  static readonly type = 'CountUp'
  readonly type = 'CountUp'
}

const context = createContext({ correlationId: 'c-1' })
const named = { 'ashlar.message.type': 'CloseCart', 'ashlar.message.kind': 'command' }

describe('tracing', () => {
  it('gives a message a span, and records its seconds', async () => {
    const { telemetry, told, clock } = listening()
    const mediator = new MediatorBuilder()
      .use(tracing(telemetry, clock))
      .handle(CloseCart, async () => {
        told.push('handled')
        return ok('closed')
      })
      .build()

    const result = await mediator.send(new CloseCart(), context)

    expect(result._unsafeUnwrap()).toBe('closed')
    expect(told).toEqual([
      ['histogram', 'ashlar.mediator.duration', 's'],
      ['start', 'CloseCart', { ...named, 'ashlar.correlation_id': 'c-1' }],
      'handled',
      ['attributes', { 'ashlar.outcome': 'ok' }],
      'end',
      ['record', 0.25, { ...named, 'ashlar.outcome': 'ok' }],
    ])
  })

  it('names a refusal, which is no error of the system, and none of its facts', async () => {
    const { telemetry, told, clock } = listening()
    const mediator = new MediatorBuilder()
      .use(tracing(telemetry, clock))
      .handle(CloseCart, async () =>
        err(failure('CartNotOpen', 'ada@example.org', { email: 'ada@example.org' })),
      )
      .build()

    const result = await mediator.send(new CloseCart(), context)

    const outcome = { 'ashlar.outcome': 'refused', 'error.type': 'CartNotOpen' }
    expect(result.isErr()).toBe(true)
    expect(told.slice(2)).toEqual([
      ['attributes', outcome],
      'end',
      ['record', 0.25, { ...named, ...outcome }],
    ])
    expect(JSON.stringify(told)).not.toContain('ada@')
  })

  it.each([
    [new RangeError('bug'), 'RangeError'],
    ['gone', 'string'],
    [null, 'object'],
  ])('records what is thrown, and throws it on: %s', async (thrown, errorType) => {
    const { telemetry, told, clock } = listening()
    const mediator = new MediatorBuilder()
      .use(tracing(telemetry, clock))
      .handle(CloseCart, () => Promise.reject(thrown))
      .build()

    await expect(mediator.send(new CloseCart(), context)).rejects.toBe(thrown)

    const outcome = { 'ashlar.outcome': 'thrown', 'error.type': errorType }
    expect(told.slice(2)).toEqual([
      ['attributes', outcome],
      ['exception', thrown],
      ['status', 2],
      'end',
      ['record', 0.25, { ...named, ...outcome }],
    ])
  })

  it('ends the span of a stream with the stream', async () => {
    const { telemetry, told, clock } = listening()
    const mediator = new MediatorBuilder()
      .use(tracing(telemetry, clock))
      .handle(CountUp, async () => ok(upTo(3)))
      .build()

    const stream = (await mediator.stream(new CountUp(), context))._unsafeUnwrap()
    for await (const item of stream) {
      told.push(item)
      if (item === 2) break
    }

    expect(told.slice(2)).toEqual([
      1,
      2,
      ['attributes', { 'ashlar.outcome': 'left' }],
      'end',
      expect.arrayContaining(['record']),
    ])
  })

  it('works with a tracer alone, with a meter alone, and is put around nothing without both', async () => {
    const { telemetry, told } = listening()
    const { tracer, meter } = telemetry as Required<Telemetry>

    const traced = await traceOnce({ tracer })
    const ends = told.filter((line) => line === 'end')
    const measured = await traceOnce({ meter })

    expect([traced, measured]).toEqual([
      ['closed', 1],
      ['closed', 1],
    ])
    expect(ends).toHaveLength(1)
    expect(told.at(-1)).toEqual(expect.arrayContaining(['record']))
    expect(tracing({}).kinds).toEqual([])
  })

  it.each<[string, Telemetry]>([
    ['a tracer that throws', { tracer: { startActiveSpan: broken } }],
    ['a tracer that never calls', { tracer: { startActiveSpan: () => undefined as never } }],
    [
      'a tracer that rejects',
      { tracer: { startActiveSpan: () => Promise.reject(new Error('late')) as never } },
    ],
    [
      'a tracer that throws after the work has begun',
      {
        tracer: {
          startActiveSpan(_name, _options, work) {
            work(listening().span)
            return broken()
          },
        },
      },
    ],
    [
      'a tracer that calls twice',
      {
        tracer: {
          startActiveSpan(_name, _options, work) {
            work(listening().span)
            return work(listening().span)
          },
        },
      },
    ],
    [
      'a span that throws',
      {
        tracer: {
          startActiveSpan: (_name, _options, work) =>
            work({ setAttributes: broken, setStatus: broken, recordException: broken, end: broken }),
        },
      },
    ],
    ['a meter that throws', { meter: { createCounter: broken, createHistogram: broken } }],
    [
      'a histogram that throws',
      { meter: { createCounter: broken, createHistogram: () => ({ record: broken }) } },
    ],
  ])('costs no message its answer with %s', async (_, telemetry) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)

    const [answer, handled] = await traceOnce(telemetry)
    const thrown = await traceOnce(telemetry, new Error('bug'))
    await new Promise((resolve) => setImmediate(resolve))

    process.off('unhandledRejection', note)
    expect([answer, handled]).toEqual(['closed', 1])
    expect(thrown).toEqual([new Error('bug'), 1])
    expect(unhandled).toEqual([])
  })

  it('ends a span that a tracer hands over when the message is under way already', async () => {
    const { told, span } = listening()
    let late: ((given: typeof span) => unknown) | undefined
    const tracer = {
      startActiveSpan<T>(_name: string, _options: object, work: (given: typeof span) => T): T {
        late = work
        return undefined as T
      },
    }

    const [answer] = await traceOnce({ tracer })
    late?.(span)

    expect(answer).toBe('closed')
    expect(told).toEqual(['end'])
  })
})

async function traceOnce(telemetry: Telemetry, thrown?: Error): Promise<[unknown, number]> {
  let handled = 0
  const mediator = new MediatorBuilder()
    .use(tracing(telemetry))
    .handle(CloseCart, async () => {
      handled++
      if (thrown !== undefined) throw thrown
      return ok('closed')
    })
    .build()
  const answer: unknown = await mediator.send(new CloseCart(), context).then(
    (result) => result._unsafeUnwrap(),
    (error) => error,
  )
  return [answer, handled]
}

async function* upTo(last: number) {
  for (let item = 1; item <= last; item++) yield item
}

function broken(): never {
  throw new Error('telemetry is broken')
}

/** Telemetry that writes down what it is told, and a clock that goes on by a quarter of a second with each look. */
function listening() {
  const told: unknown[] = []
  const span = {
    setAttributes: (attributes: Attributes) => told.push(['attributes', attributes]),
    setStatus: ({ code }: { code: number }) => told.push(['status', code]),
    recordException: (error: unknown) => void told.push(['exception', error]),
    end: () => void told.push('end'),
  }
  const telemetry: Telemetry = {
    tracer: {
      startActiveSpan(name, { attributes }, work) {
        told.push(['start', name, attributes])
        return work(span)
      },
    },
    meter: {
      createCounter: broken,
      createHistogram(name, options) {
        told.push(['histogram', name, options?.unit])
        return { record: (value, attributes) => void told.push(['record', value, attributes]) }
      },
    },
  }
  let now = 0
  const clock = {
    now() {
      now += 250
      return now
    },
  }
  return { told, span, telemetry, clock }
}
