import { type Clock, createContext, type Logger } from '@ashlar/kernel'
import { err, type Failure, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Notification } from '../notification.ts'
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
})

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
