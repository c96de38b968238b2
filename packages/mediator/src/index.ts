/**
 * Commands, queries and notifications through a typed pipeline of behaviours.
 *
 * @packageDocumentation
 */
export type { AddedFor, Adds, Behaviour, Next } from './behaviour.ts'
export { type LoggingOptions, logging } from './behaviours/logging.ts'
export { type TransactionalStorage, transaction } from './behaviours/transaction.ts'
export { Command } from './command.ts'
export type { Handler, NotificationHandler } from './handler.ts'
export { AsyncSchemaError, type InputIssue, type InvalidInput, type ParsableClass } from './input.ts'
export { HandlerNotFoundError, type Mediator } from './mediator.ts'
export {
  DuplicateHandlerError,
  MediatorBuilder,
  type MediatorOptions,
  MessageTypeTakenError,
} from './mediator-builder.ts'
export {
  type AnyMessage,
  type FailsOf,
  Message,
  type MessageClass,
  type MessageKind,
  type Sendable,
  type ValueOf,
} from './message.ts'
export { Notification } from './notification.ts'
export type { HandlerFailure, NotificationFailed } from './publishing.ts'
export { Query } from './query.ts'
