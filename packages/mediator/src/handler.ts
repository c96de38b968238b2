import type { Context } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { AnyMessage, FailsOf, StreamMessage, ValueOf } from './message.ts'
import type { Notification } from './notification.ts'

/**
 * Answers a command or query with its value, or with one of the failures that the message declares.
 *
 * @see {@link Command} for an example
 */
export type Handler<M extends AnyMessage> = (
  message: M,
  context: Context,
) => PromiseLike<Result<ValueOf<M>, FailsOf<M>>>

/**
 * Answers a stream query with its items, or with one of the failures that the query declares.
 *
 * The source that it returns is closed by its `return()` when it is not read to its end.
 * @see {@link StreamQuery} for an example
 */
export type StreamHandler<Q extends StreamMessage> = Handler<Q>

/**
 * Hears a notification; its value is of no interest, its failure is reported to the publisher.
 *
 * @see {@link Notification} for an example
 */
export type NotificationHandler<N extends Notification> = (
  notification: N,
  context: Context,
) => PromiseLike<Result<unknown, AnyFailure>>
