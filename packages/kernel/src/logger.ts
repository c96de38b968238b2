/** The part of a pino-shaped logger that Ashlar writes to: an object of fields first, then a message. */
export interface Logger {
  /** For those who look for a fault. */
  debug(fields: object, message?: string): void
  /** What happened, one line each. */
  info(fields: object, message?: string): void
  /** What somebody should look at when there is time. */
  warn(fields: object, message?: string): void
  /** What somebody must look at. */
  error(fields: object, message?: string): void
}

/**
 * A logger that writes nothing; the default of every `logger` option.
 *
 * @example
 * ```ts
 * import { silentLogger } from '@ashlar/kernel'
 *
 * silentLogger.info({ orderId: 'o-1' }, 'order placed')
 * ```
 */
export const silentLogger: Logger = { debug: silence, info: silence, warn: silence, error: silence }

function silence(): void {}
