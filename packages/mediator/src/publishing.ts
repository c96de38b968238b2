import type { Context } from '@ashlar/kernel'
import { err, type Failure, failure, ok } from '@ashlar/result'
import type { Step } from './chain.ts'
import type { NotificationHandler } from './handler.ts'
import type { Notification } from './notification.ts'

/**
 * How the handlers of one notification are called, and what happens when one of them fails.
 *
 * @see {@link Mediator.publish} for an example
 */
export interface PublishStrategy {
  /**
   * One after the other in the order in which they were registered (unless told), or all at once. Handlers that
   * share a transaction want the former.
   */
  readonly order?: 'sequential' | 'parallel'
  /**
   * `'collect'` (unless told): a handler that fails or throws stops no other. `'stop'`: those that follow are not
   * called; of those that run in parallel, the signal is aborted with a {@link PublishStoppedError}, and all are
   * awaited. One that then rejects with it is listed among the failures.
   */
  readonly onFailure?: 'collect' | 'stop'
}

/** Some handlers of a notification failed or threw; all others that were called have done their work. */
export type NotificationFailed = Failure<
  'NotificationFailed',
  {
    /** The notification that was published. */
    readonly notificationType: string
    /** One entry per handler that failed or threw, in the order of registration. */
    readonly failures: readonly HandlerFailure[]
    /** The handlers that were not called because one before them failed; empty unless `onFailure` is `'stop'`. */
    readonly skipped: readonly string[]
  }
>

/** What became of one handler. */
export interface HandlerFailure {
  /** The name of the handler's function, or its place as in `#2` (counts from 1) when it has none. */
  readonly handler: string
  /** The failure that it returned, or whatever it threw. */
  readonly error: unknown
}

/** The reason of the signal of handlers that were stopped, because another one that ran beside them failed. */
export class PublishStoppedError extends Error {
  override readonly name = 'PublishStoppedError'
  readonly code = 'ASHLAR_MEDIATOR_PUBLISH_STOPPED'

  constructor(notificationType: string, { handler, error }: HandlerFailure) {
    super(`${notificationType} is heard no further: handler ${handler} failed`, { cause: error })
  }
}

/** Finds the step that publishes in a certain way. */
export type Publication = (strategy: PublishStrategy) => Step

/** Compiles one step for each way to publish. */
export function publicationOf(
  usual: PublishStrategy,
  compile: (strategy: Required<PublishStrategy>) => Step,
): Publication {
  const stepsOf = (order: 'sequential' | 'parallel') => ({
    collect: compile({ order, onFailure: 'collect' }),
    stop: compile({ order, onFailure: 'stop' }),
  })
  const sequential = stepsOf('sequential')
  const parallel = stepsOf('parallel')
  return (strategy) => {
    const steps = (strategy.order ?? usual.order) === 'parallel' ? parallel : sequential
    return (strategy.onFailure ?? usual.onFailure) === 'stop' ? steps.stop : steps.collect
  }
}

/** Makes the step that hands a notification to its handlers. */
export function publishing(
  notificationType: string,
  handlers: readonly NotificationHandler<Notification>[],
  { order, onFailure }: Required<PublishStrategy>,
): Step {
  const hearers = handlers.map(hearer)
  const hearAll =
    order === 'sequential' ? hearInTurn : onFailure === 'collect' ? hearTogether : hearTogetherOrStop
  return async (notification, context) => {
    const heard = await hearAll(hearers, notification as Notification, context, onFailure)
    return heard.failures.length === 0
      ? ok()
      : err(notificationFailed(notificationType, hearers.length, heard))
  }
}

/** Calls one handler, and returns what went wrong with it; never rejects. */
type Hearer = {
  readonly name: string
  readonly hear: (notification: Notification, context: Context) => Promise<HandlerFailure | undefined>
}

type Heard = { readonly failures: readonly HandlerFailure[]; readonly skipped: readonly string[] }

function hearer(handler: NotificationHandler<Notification>, index: number): Hearer {
  const name = handler.name === '' ? `#${index + 1}` : handler.name
  return {
    name,
    async hear(notification, context) {
      try {
        const result = await handler(notification, context)
        return result.isErr() ? { handler: name, error: result.error } : undefined
      } catch (error) {
        return { handler: name, error }
      }
    },
  }
}

async function hearInTurn(
  hearers: readonly Hearer[],
  notification: Notification,
  context: Context,
  onFailure: 'collect' | 'stop',
): Promise<Heard> {
  const failures: HandlerFailure[] = []
  for (const [index, { hear }] of hearers.entries()) {
    context.signal.throwIfAborted()
    const failed = await hear(notification, context)
    if (failed === undefined) continue
    failures.push(failed)
    if (onFailure === 'stop') return { failures, skipped: hearers.slice(index + 1).map(({ name }) => name) }
  }
  return { failures, skipped: [] }
}

async function hearTogether(
  hearers: readonly Hearer[],
  notification: Notification,
  context: Context,
): Promise<Heard> {
  const outcomes = await Promise.all(hearers.map(({ hear }) => hear(notification, context)))
  return { failures: outcomes.filter((failed) => failed !== undefined), skipped: [] }
}

/** Those that are stopped are awaited nevertheless, so that nothing goes on unseen. */
async function hearTogetherOrStop(
  hearers: readonly Hearer[],
  notification: Notification,
  context: Context,
): Promise<Heard> {
  const stop = new AbortController()
  const passAbortOn = () => stop.abort(context.signal.reason)
  context.signal.addEventListener('abort', passAbortOn)
  const handed = { ...context, signal: stop.signal }
  const stopping = hearers.map(
    ({ name, hear }): Hearer => ({
      name,
      async hear() {
        const failed = await hear(notification, handed)
        if (failed !== undefined) stop.abort(new PublishStoppedError(notification.type, failed))
        return failed
      },
    }),
  )
  try {
    return await hearTogether(stopping, notification, handed)
  } finally {
    context.signal.removeEventListener('abort', passAbortOn)
  }
}

function notificationFailed(
  notificationType: string,
  handlers: number,
  { failures, skipped }: Heard,
): NotificationFailed {
  const names = failures.map(({ handler }) => handler).join(', ')
  const rest = skipped.length === 0 ? '' : `; not called: ${skipped.join(', ')}`
  return failure(
    'NotificationFailed',
    `${failures.length} of ${handlers} handlers of ${notificationType} failed: ${names}${rest}`,
    { notificationType, failures, skipped },
  )
}
