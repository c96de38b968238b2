import { getEventListeners } from 'node:events'
import { type Context, createContext } from '@ashlar/kernel'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { MediatorBuilder } from './mediator-builder.ts'
import { Notification } from './notification.ts'
import { PublishStoppedError, type PublishStrategy } from './publishing.ts'

class OrderPlaced extends Notification {
  static readonly type = 'OrderPlaced'
  readonly type = 'OrderPlaced'
}

const context = createContext({ correlationId: 'c-1' })
const news = new OrderPlaced()
const strategies: readonly PublishStrategy[] = (['sequential', 'parallel'] as const).flatMap((order) =>
  (['collect', 'stop'] as const).map((onFailure) => ({ order, onFailure })),
)

describe('publish in turn, stopping at a failure', () => {
  const strategy = { order: 'sequential', onFailure: 'stop' } as const

  it('does not call those after the first failure, and names them', async () => {
    const calls: string[] = []
    const mediator = new MediatorBuilder({ publish: strategy })
      .on(OrderPlaced, async () => ok(calls.push('first')))
      .on(OrderPlaced, async function sendMail() {
        return err(failure('MailboxFull', 'mailbox "ada" is full'))
      })
      .on(OrderPlaced, async function countOrder() {
        return ok(calls.push('countOrder'))
      })
      .on(OrderPlaced, async () => ok(calls.push('last')))
      .build()

    const failed = (await mediator.publish(news, context))._unsafeUnwrapErr()

    expect(calls).toEqual(['first'])
    expect(failed).toMatchObject({
      type: 'NotificationFailed',
      message: '1 of 4 handlers of OrderPlaced failed: sendMail; not called: countOrder, #4',
      failures: [{ handler: 'sendMail', error: { type: 'MailboxFull' } }],
      skipped: ['countOrder', '#4'],
    })
  })

  it.each([null, undefined, 'text', Object.freeze({ bug: true })])(
    'stops at a throw, at once or later, as at a failure: %s',
    async (thrown) => {
      const calls: string[] = []
      const atOnce = new MediatorBuilder({ publish: strategy })
        .on(OrderPlaced, () => {
          throw thrown
        })
        .on(OrderPlaced, async () => ok(calls.push('second')))
        .build()
      const late = new MediatorBuilder({ publish: strategy })
        .on(OrderPlaced, () => Promise.reject(thrown))
        .on(OrderPlaced, async () => ok(calls.push('second')))
        .build()

      const failures = [await atOnce.publish(news, context), await late.publish(news, context)]

      for (const failed of failures)
        expect(failed._unsafeUnwrapErr()).toMatchObject({
          failures: [{ handler: '#1', error: thrown }],
          skipped: ['#2'],
        })
      expect(calls).toEqual([])
    },
  )
})

describe('publish all at once, stopping at a failure', () => {
  const strategy = { order: 'parallel', onFailure: 'stop' } as const

  it('aborts the signal of the others, and waits for all of them', async () => {
    const ended: string[] = []
    const bug = new Error('mail server is gone')
    const mediator = new MediatorBuilder({ publish: strategy })
      .on(OrderPlaced, async function patient(_, { signal }) {
        await abortOf(signal)
        await Promise.resolve()
        ended.push('patient')
        throw signal.reason
      })
      .on(OrderPlaced, async function sendMail() {
        throw bug
      })
      .on(OrderPlaced, async function stubborn(_, { signal }) {
        await abortOf(signal)
        await Promise.resolve()
        return ok(ended.push('stubborn'))
      })
      .build()

    const failed = (await mediator.publish(news, context))._unsafeUnwrapErr()

    expect(ended).toEqual(['patient', 'stubborn'])
    expect(failed).toMatchObject({
      message: '2 of 3 handlers of OrderPlaced failed: patient, sendMail',
      skipped: [],
      failures: [
        {
          handler: 'patient',
          error: {
            name: 'PublishStoppedError',
            code: 'ASHLAR_MEDIATOR_PUBLISH_STOPPED',
            message: 'OrderPlaced is heard no further: handler sendMail failed',
            cause: bug,
          },
        },
        { handler: 'sendMail', error: bug },
      ],
    })
  })

  it('keeps the first failure as the reason when several fail', async () => {
    let reason: unknown
    const mediator = new MediatorBuilder({ publish: strategy })
      .on(OrderPlaced, async (_, { signal }) => {
        await abortOf(signal)
        reason = signal.reason
        return ok()
      })
      .on(OrderPlaced, async () => err(failure('First', 'the first')))
      .on(OrderPlaced, async () => err(failure('Second', 'the second')))
      .build()

    const failed = (await mediator.publish(news, context))._unsafeUnwrapErr()

    expect(failed).toMatchObject({ failures: [{ handler: '#2' }, { handler: '#3' }] })
    expect(reason).toBeInstanceOf(PublishStoppedError)
    expect(reason).toMatchObject({ cause: { type: 'First' } })
  })

  it('passes the abort of the caller on to all of them', async () => {
    const controller = new AbortController()
    const reasons: unknown[] = []
    const mediator = new MediatorBuilder({ publish: strategy })
      .on(OrderPlaced, async (_, { signal }) => {
        await abortOf(signal)
        return ok(reasons.push(signal.reason))
      })
      .build()

    const published = mediator.publish(news, createContext({ signal: controller.signal }))
    controller.abort('client left')

    expect((await published).isOk()).toBe(true)
    expect(reasons).toEqual(['client left'])
  })

  it("is no longer heard by the caller's signal when it is over", async () => {
    const { signal } = new AbortController()
    const mediator = new MediatorBuilder({ publish: strategy })
      .on(OrderPlaced, async () => ok())
      .on(OrderPlaced, async () => err(failure('First', 'the first')))
      .build()

    const published = mediator.publish(news, createContext({ signal }))

    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    expect((await published).isErr()).toBe(true)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it("leaves the caller's signal and context alone", async () => {
    const seen: Context[] = []
    const mediator = new MediatorBuilder({ publish: strategy })
      .on(OrderPlaced, async (_, given) => {
        seen.push(given)
        return err(failure('First', 'the first'))
      })
      .build()

    expect((await mediator.publish(news, context)).isErr()).toBe(true)

    expect(context.signal.aborted).toBe(false)
    expect(seen[0]).toMatchObject({ correlationId: 'c-1' })
    expect(seen[0]?.signal.aborted).toBe(true)
  })
})

describe('publish, however it is told', () => {
  it.each(strategies)('reports a handler that answers with nothing: %o', async (strategy) => {
    const mediator = new MediatorBuilder()
      .on(OrderPlaced, (() => undefined) as never)
      .on(OrderPlaced, async () => ok())
      .build()

    const failed = (await mediator.publish(news, context, strategy))._unsafeUnwrapErr()

    expect(failed).toMatchObject({ failures: [{ handler: '#1', error: expect.any(TypeError) }] })
  })

  it.each(strategies)('is content when all are: %o', async (strategy) => {
    const calls: string[] = []
    const mediator = new MediatorBuilder()
      .on(OrderPlaced, async () => ok(calls.push('first')))
      .on(OrderPlaced, async () => ok(calls.push('second')))
      .build()

    expect((await mediator.publish(news, context, strategy)).isOk()).toBe(true)
    expect(calls).toEqual(['first', 'second'])
  })

  it.each(strategies)('lists failures in the order of registration: %o', async ({ order }) => {
    const second = Promise.withResolvers<void>()
    const mediator = new MediatorBuilder()
      .on(OrderPlaced, async () => {
        if (order === 'parallel') await second.promise
        throw 'first'
      })
      .on(OrderPlaced, async () => {
        second.resolve()
        throw 'second'
      })
      .build()

    const failed = await mediator.publish(news, context, { ...(order !== undefined && { order }) })

    expect(failed._unsafeUnwrapErr()).toMatchObject({ failures: [{ error: 'first' }, { error: 'second' }] })
  })

  it('lets a call choose, each member for itself, and the next call is as usual', async () => {
    const calls: string[] = []
    const mediator = new MediatorBuilder({ publish: { onFailure: 'stop' } })
      .on(OrderPlaced, async () => {
        calls.push('first starts')
        await Promise.resolve()
        calls.push('first fails')
        return err(failure('First', 'the first'))
      })
      .on(OrderPlaced, async () => ok(calls.push('second')))
      .build()
    const outcomeOf = async (strategy?: PublishStrategy) => {
      calls.length = 0
      expect((await mediator.publish(news, context, strategy)).isErr()).toBe(true)
      return [...calls]
    }

    expect(await outcomeOf()).toEqual(['first starts', 'first fails'])
    expect(await outcomeOf({ onFailure: 'collect' })).toEqual(['first starts', 'first fails', 'second'])
    expect(await outcomeOf({ order: 'parallel' })).toEqual(['first starts', 'second', 'first fails'])
    expect(await outcomeOf()).toEqual(['first starts', 'first fails'])
  })

  it('calls no further handler in turn once the signal is aborted, and rejects with its reason', async () => {
    const controller = new AbortController()
    const calls: string[] = []
    const mediator = new MediatorBuilder()
      .on(OrderPlaced, async () => {
        controller.abort('client left')
        return ok(calls.push('first'))
      })
      .on(OrderPlaced, async () => ok(calls.push('second')))
      .build()

    await expect(mediator.publish(news, createContext({ signal: controller.signal }))).rejects.toBe(
      'client left',
    )
    expect(calls).toEqual(['first'])
  })

  it('leaves a mediator as it was built, for each way to publish', async () => {
    const calls: string[] = []
    const builder = new MediatorBuilder().on(OrderPlaced, async () => ok(calls.push('first')))
    const mediator = builder.build()

    builder.on(OrderPlaced, async () => ok(calls.push('late')))
    for (const strategy of strategies) await orThrow(mediator.publish(news, context, strategy))

    expect(calls).toEqual(['first', 'first', 'first', 'first'])
  })
})

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}
