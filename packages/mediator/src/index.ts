/**
 * Commands, queries and notifications through a typed pipeline of behaviours.
 *
 * @packageDocumentation
 */
export type { AddedFor, Adds, Behaviour, Next } from './behaviour.ts'
export {
  type AuthorisationOptions,
  authorisation,
  type Forbidden,
  type Policy,
  policy,
  type Verdict,
} from './behaviours/authorisation.ts'
export {
  type CachedOptions,
  type CacheRule,
  type CachingRule,
  cached,
  type InvalidatingRule,
  invalidates,
  type JsonQuery,
} from './behaviours/cache-rule.ts'
export { type AmbientContext, context } from './behaviours/context.ts'
export { MessageTimeoutError } from './behaviours/deadline-context.ts'
export { DuplicateRuleError } from './behaviours/duplicate-rule-error.ts'
export { InvalidOptionError } from './behaviours/invalid-option-error.ts'
export { type LoggingOptions, logging } from './behaviours/logging.ts'
export { InvalidCacheKeyError, QueryCache, type QueryCacheOptions } from './behaviours/query-cache.ts'
export { type RetryOnConflictOptions, retryOnConflict } from './behaviours/retry-on-conflict.ts'
export type { SomeMessageClass } from './behaviours/some-message-class.ts'
export { type TimedOut, type TimeoutOptions, timeout } from './behaviours/timeout.ts'
export { type TracingOptions, tracing } from './behaviours/tracing.ts'
export {
  type TransactionalStorage,
  type TransactionBehaviourOptions,
  transaction,
} from './behaviours/transaction.ts'
export { MessageSwappedError, NextCalledTwiceError } from './chain.ts'
export { Command } from './command.ts'
export type { Handler, NotificationHandler, StreamHandler } from './handler.ts'
export { checkClaimRequest, checkExpiry, checkPruneOptions } from './idempotency/check-request.ts'
export {
  type IdempotencyOptions,
  type IdempotencyRule,
  idempotency,
  idempotent,
} from './idempotency/idempotency.ts'
export type {
  IdempotencyFailure,
  IdempotencyKeyInFlight,
  IdempotencyKeyReused,
  InvalidIdempotencyKey,
} from './idempotency/idempotency-failure.ts'
export type {
  IdempotencyClaim,
  IdempotencyClaimRequest,
  IdempotencyEntry,
  IdempotencyStore,
} from './idempotency/idempotency-store.ts'
export {
  type IdempotencyStoreFork,
  InMemoryIdempotencyStore,
  type InMemoryIdempotencyStoreOptions,
} from './idempotency/in-memory-idempotency-store.ts'
export { InvalidIdempotencyError } from './idempotency/invalid-idempotency-error.ts'
export { TransactionWithoutKeysError } from './idempotency/transaction-without-keys-error.ts'
export {
  AsyncSchemaError,
  type InputIssue,
  type InvalidInput,
  type ParsableClass,
  SchemaAnswerError,
} from './input.ts'
export { HandlerNotFoundError, type Mediator } from './mediator.ts'
export {
  DuplicateHandlerError,
  MediatorBuilder,
  type MediatorOptions,
  MessageTypeTakenError,
} from './mediator-builder.ts'
export {
  type Answerable,
  type AnyMessage,
  type FailsOf,
  Message,
  type MessageClass,
  type MessageKind,
  type Sendable,
  type StreamMessage,
  type ValueOf,
} from './message.ts'
export { Notification } from './notification.ts'
export {
  type HandlerFailure,
  type NotificationFailed,
  PublishStoppedError,
  type PublishStrategy,
} from './publishing.ts'
export { Query } from './query.ts'
export { type Scope, type ScopedHandler, type ScopedObject, scoped } from './scoped.ts'
export { StreamQuery } from './stream-query.ts'
