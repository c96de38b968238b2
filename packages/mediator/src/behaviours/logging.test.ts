import { type Clock, createContext, type Logger, silentLogger } from '@ashlar/kernel'
import { err, type Failure, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Notification } from '../notification.ts'
import { StreamQuery } from '../stream-query.ts'
import { logging } from './logging.ts'

type CardRefused = Failure<'CardRefused', { card: string }>

class Pay extends Command<void, CardRefused> {
  static readonly type = 'Pay'
  readonly type = 'Pay'
  readonly card = '4111-secret'
}

class Paid extends Notification {
  static readonly type = 'Paid'
  readonly type = 'Paid'
}

class SignIn extends Command<void> {
  static readonly type = 'SignIn'
  static readonly secret = ['password'] as const
  readonly type = 'SignIn'
  readonly user = 'ada'
  readonly password = 'sesame'
}

class CountUp extends StreamQuery<number, CardRefused> {
  static readonly type = 'CountUp'
  readonly type = 'CountUp'
}

const context = createContext({ correlationId: 'c-1' })

describe('logging', () => {
  it('writes one line at level info for Ok', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger, { clock: clockAt(1_000, 1_042) }))
      .handle(Pay, async () => ok())
      .build()

    await orThrow(mediator.send(new Pay(), context))

    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Pay ok',
        fields: { messageType: 'Pay', kind: 'command', durationMs: 42, outcome: 'ok', correlationId: 'c-1' },
      },
    ])
  })

  it('writes one line at level warn with the failure type for Err', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger))
      .handle(Pay, async ({ card }) => err(failure('CardRefused', `card ${card} was refused`, { card })))
      .build()

    const refused = await mediator.send(new Pay(), context)

    expect(refused._unsafeUnwrapErr().type).toBe('CardRefused')
    expect(lines).toMatchObject([
      {
        level: 'warn',
        message: 'Pay failed: CardRefused',
        fields: { outcome: 'CardRefused', correlationId: 'c-1' },
      },
    ])
  })

  it.each([new Error('database is gone'), null])(
    'writes one line at level error for a throw, and throws on: %s',
    async (thrown) => {
      const { logger, lines } = listeningLogger()
      const mediator = new MediatorBuilder()
        .use(logging(logger))
        .handle(Pay, () => Promise.reject(thrown))
        .build()

      await expect(mediator.send(new Pay(), context)).rejects.toBe(thrown)

      expect(lines).toMatchObject([
        { level: 'error', fields: { outcome: 'thrown', err: thrown, correlationId: 'c-1' } },
      ])
    },
  )

  it('never writes what is in a message or a failure', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger))
      .handle(Pay, async ({ card }) => err(failure('CardRefused', `card ${card} was refused`, { card })))
      .build()

    const refused = await mediator.send(new Pay(), context)

    expect(refused._unsafeUnwrapErr().type).toBe('CardRefused')
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toContain('4111-secret')
  })

  it('writes one line per notification, however many hear it', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger))
      .on(Paid, async () => ok())
      .on(Paid, async () => Promise.reject(new Error('bug')))
      .build()

    const heard = await mediator.publish(new Paid(), context)

    expect(heard._unsafeUnwrapErr().type).toBe('NotificationFailed')
    expect(lines).toMatchObject([
      { level: 'warn', fields: { messageType: 'Paid', kind: 'notification', outcome: 'NotificationFailed' } },
    ])
  })

  it('counts no negative time when the clock goes back', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger, { clock: clockAt(1_000, 400) }))
      .handle(Pay, async () => ok())
      .build()

    await orThrow(mediator.send(new Pay(), context))

    expect(lines).toMatchObject([{ fields: { durationMs: 0 } }])
  })

  it('is put around nothing for a logger that is silent', () => {
    expect(logging(silentLogger).kinds).toEqual([])
  })

  it("writes the message's own fields where that is asked for, but no secrets", async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger, { fields: true }))
      .handle(SignIn, async () => Promise.reject(new Error('bug')))
      .build()

    await expect(mediator.send(new SignIn(), context)).rejects.toThrow('bug')

    expect(lines).toMatchObject([
      { level: 'error', fields: { outcome: 'thrown', message: { user: 'ada', password: '[secret]' } } },
    ])
  })
})

describe('logging of a stream', () => {
  it('writes its line at the end, with the number of items', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger, { clock: clockAt(1_000, 1_042) }))
      .handle(CountUp, async () => ok(upTo(3)))
      .build()

    const stream = (await mediator.stream(new CountUp(), context))._unsafeUnwrap()
    const before = [...lines]
    const items = await Array.fromAsync(stream)

    expect(items).toEqual([1, 2, 3])
    expect(before).toEqual([])
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'CountUp ok',
        fields: {
          messageType: 'CountUp',
          kind: 'stream',
          durationMs: 42,
          outcome: 'ok',
          correlationId: 'c-1',
          items: 3,
        },
      },
    ])
  })

  it('says that it was left', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger))
      .handle(CountUp, async () => ok(upTo(3)))
      .build()

    for await (const item of (await mediator.stream(new CountUp(), context))._unsafeUnwrap())
      if (item === 2) break

    expect(lines).toMatchObject([
      { level: 'info', message: 'CountUp left', fields: { outcome: 'left', items: 2 } },
    ])
  })

  it('says once what broke it off', async () => {
    const { logger, lines } = listeningLogger()
    const bug = new Error('bug')
    const mediator = new MediatorBuilder()
      .use(logging(logger))
      .handle(CountUp, async () => ok(upTo(3, bug)))
      .build()

    const stream = (await mediator.stream(new CountUp(), context))._unsafeUnwrap()
    await expect(Array.fromAsync(stream)).rejects.toBe(bug)

    expect(lines).toMatchObject([
      { level: 'error', message: 'CountUp threw', fields: { outcome: 'thrown', items: 3, err: bug } },
    ])
    expect(lines).toHaveLength(1)
  })

  it('writes its line at once where it is refused', async () => {
    const { logger, lines } = listeningLogger()
    const mediator = new MediatorBuilder()
      .use(logging(logger))
      .handle(CountUp, async () => err(failure('CardRefused', 'no', { card: '4111-secret' })))
      .build()

    const refused = await mediator.stream(new CountUp(), context)

    expect(refused.isErr()).toBe(true)
    expect(lines).toMatchObject([{ level: 'warn', fields: { outcome: 'CardRefused' } }])
    expect(JSON.stringify(lines)).not.toContain('4111-secret')
  })
})

async function* upTo(last: number, thrown?: unknown) {
  for (let item = 1; item <= last; item++) yield item
  if (thrown !== undefined) throw thrown
}

function listeningLogger(): { logger: Logger; lines: { level: string; message?: string; fields: object }[] } {
  const lines: { level: string; message?: string; fields: object }[] = []
  const listen = (level: string) => (fields: object, message?: string) => {
    lines.push({ level, fields, ...(message !== undefined && { message }) })
  }
  return {
    lines,
    logger: { debug: listen('debug'), info: listen('info'), warn: listen('warn'), error: listen('error') },
  }
}

function clockAt(...times: number[]): Clock {
  let reading = 0
  return { now: () => new Date(times[reading++] ?? 0) }
}
