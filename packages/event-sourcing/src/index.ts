/**
 * Event-sourced aggregates: state made of what happened, kept as events, decided again on conflict.
 *
 * @packageDocumentation
 */
export {
  type AnyEventSourcedAggregate,
  type EventOf,
  EventSourcedAggregate,
} from './event-sourced-aggregate.ts'
export {
  type EventSourcedClass,
  EventSourcedRepository,
  type EventSourcedRepositoryOptions,
  type SaveFailure,
} from './event-sourced-repository.ts'
export { InvalidCategoryError } from './invalid-category-error.ts'
