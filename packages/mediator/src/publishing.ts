import type { Context } from '@ashlar/kernel'
import { err, type Failure, failure, ok } from '@ashlar/result'
import type { Step } from './chain.ts'
import type { NotificationHandler } from './handler.ts'
import type { Notification } from './notification.ts'

/** Some handlers of a notification failed or threw; all others have done their work. */
export type NotificationFailed = Failure<
  'NotificationFailed',
  {
    /** The notification that was published. */
    readonly notificationType: string
    /** One entry per handler that failed or threw, in the order of registration. */
    readonly failures: readonly HandlerFailure[]
  }
>

/** What became of one handler. */
export interface HandlerFailure {
  /** The name of the handler's function, or its place as in `#2` (counts from 1) when it has none. */
  readonly handler: string
  /** The failure that it returned, or whatever it threw. */
  readonly error: unknown
}

/** Makes the step that hands a notification to all of its handlers. */
export function publishing(
  notificationType: string,
  handlers: readonly NotificationHandler<Notification>[],
  order: 'sequential' | 'parallel',
): Step {
  const hearers = handlers.map(hearer)
  const hearAll = order === 'parallel' ? hearTogether : hearInTurn
  return async (notification, context) => {
    const failures = await hearAll(hearers, notification as Notification, context)
    return failures.length === 0 ? ok() : err(notificationFailed(notificationType, hearers.length, failures))
  }
}

/** Calls one handler, and returns what went wrong with it; never rejects. */
type Hearer = (notification: Notification, context: Context) => Promise<HandlerFailure | undefined>

function hearer(handler: NotificationHandler<Notification>, index: number): Hearer {
  const name = handler.name === '' ? `#${index + 1}` : handler.name
  return async (notification, context) => {
    try {
      const result = await handler(notification, context)
      return result.isErr() ? { handler: name, error: result.error } : undefined
    } catch (error) {
      return { handler: name, error }
    }
  }
}

async function hearInTurn(hearers: readonly Hearer[], notification: Notification, context: Context) {
  const failures: HandlerFailure[] = []
  for (const hear of hearers) {
    const failed = await hear(notification, context)
    if (failed !== undefined) failures.push(failed)
  }
  return failures
}

async function hearTogether(hearers: readonly Hearer[], notification: Notification, context: Context) {
  const outcomes = await Promise.all(hearers.map((hear) => hear(notification, context)))
  return outcomes.filter((failed) => failed !== undefined)
}

function notificationFailed(
  notificationType: string,
  handlers: number,
  failures: readonly HandlerFailure[],
): NotificationFailed {
  const names = failures.map(({ handler }) => handler).join(', ')
  return failure(
    'NotificationFailed',
    `${failures.length} of ${handlers} handlers of ${notificationType} failed: ${names}`,
    { notificationType, failures },
  )
}
