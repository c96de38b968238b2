/**
 * The words of a domain: identities, values, money, entities, aggregates, events, and the port that keeps them.
 *
 * @packageDocumentation
 */

export {
  type AggregateMeta,
  type AuditFields,
  metaOfAdded,
  metaOfRemoved,
  metaOfSaved,
} from './aggregate-meta.ts'
export { AggregateRoot } from './aggregate-root.ts'
export { BaseEntity } from './base-entity.ts'
export { type DomainEvent, type EventData, UnknownEventError, unknownEvent } from './domain-event.ts'
export { type Id, type InvalidId, newId, parseId } from './id.ts'
export { markStored } from './mark-stored.ts'
export {
  InMemoryRepository,
  type InMemoryRepositoryOptions,
  type RepositoryFork,
} from './memory/in-memory-repository.ts'
export { type Currency, decimalsOf, isCurrency } from './money/currency.ts'
export {
  type CurrencyMismatch,
  CurrencyMismatchError,
  type InvalidMoney,
  InvalidMoneyArgumentError,
  type MoneyOverflow,
  type MoneyProblem,
} from './money/money-failure.ts'
export type { Rounding } from './money/rounding.ts'
export { Money, type MoneyJson, type Ratio } from './money.ts'
export type { AggregateMapper, RecordEvents, Repository } from './repository.ts'
export {
  type AggregateNotFound,
  type AlreadyExists,
  aggregateNotFound,
  alreadyExists,
  type VersionConflict,
  versionConflict,
} from './repository-failure.ts'
export { InvalidValueObjectError } from './value-object/invalid-value-object-error.ts'
export { type ComponentName, ValueObject } from './value-object.ts'
