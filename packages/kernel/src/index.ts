/**
 * What every Ashlar package is handed: clock, timer, identities, context, JSON, the unit of work, logger and telemetry.
 *
 * @packageDocumentation
 */
export { type Clock, systemClock } from './clock.ts'
export {
  type Context,
  createContext,
  metadataOf,
  portOf,
  type RequestMetadata,
  TenantMismatchError,
  verifyTenant,
} from './context.ts'
export { type IdGenerator, type UuidV7Options, uuidv7, uuidv7Generator } from './id-generator.ts'
export { type FrozenJsonOptions, frozenJson, InvalidJsonError, type Json, type JsonObject } from './json.ts'
export { type Logger, silentLogger } from './logger.ts'
export { type Random, systemRandom } from './random.ts'
export type { Attributes, Counter, Histogram, Meter, Span, Telemetry, Tracer } from './telemetry.ts'
export { pause, systemTimer, type Timer } from './timer.ts'
export { Turns } from './turns.ts'
export {
  NestedTransactionError,
  TransactionEndedError,
  type TransactionOptions,
  type UnitOfWork,
} from './unit-of-work.ts'
export { untilAborted } from './until-aborted.ts'
export { Wakeup } from './wakeup.ts'
export type { WriteTurns } from './write-turns.ts'
