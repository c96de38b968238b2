import { type Clock, type Context, type Logger, systemClock } from '@ashlar/kernel'
import type { Behaviour } from '../behaviour.ts'
import type { AnyMessage } from '../message.ts'

/** Options of {@link logging}. */
export interface LoggingOptions {
  /** Measures how long a message takes; the machine's clock unless told. */
  readonly clock?: Clock
}

/**
 * Makes a behaviour that writes one line per message, and never what is in it.
 *
 * The fields are `messageType`, `kind`, `durationMs`, `outcome` (`'ok'`, the failure's type, or `'thrown'`) and
 * `correlationId`; Ok is info, Err is warn, a throw is error with the thrown value as `err`.
 *
 * @param logger - pino-shaped; when it throws, so does the message that it was to write about
 * @param options - `clock`
 * @returns a behaviour for all kinds of messages that adds no failure
 * @example
 * ```ts
 * import { createContext, silentLogger } from '@ashlar/kernel'
 * import { Command, logging, MediatorBuilder } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class OpenCart extends Command<void> {
 *   static readonly type = 'OpenCart'
 *   readonly type = 'OpenCart'
 * }
 *
 * const logger = { ...silentLogger, info: (fields: object, message?: string) => console.log(message, fields) }
 * const mediator = new MediatorBuilder()
 *   .use(logging(logger))
 *   .handle(OpenCart, async () => ok())
 *   .build()
 * console.log((await mediator.send(new OpenCart(), createContext())).isOk())
 * ```
 */
export function logging(logger: Logger, options: LoggingOptions = {}): Behaviour {
  const clock = options.clock ?? systemClock
  return {
    name: 'logging',
    kinds: ['command', 'query', 'notification'],
    handle(message, context, next) {
      const startedAt = clock.now().getTime()
      return next(message, context).then(
        (result) => {
          const outcome = result.isOk() ? 'ok' : result.error.type
          const fields = line(message, context, outcome, clock.now().getTime() - startedAt)
          if (result.isOk()) logger.info(fields, `${message.type} ok`)
          else logger.warn(fields, `${message.type} failed: ${outcome}`)
          return result
        },
        (thrown) => {
          const fields = line(message, context, 'thrown', clock.now().getTime() - startedAt)
          logger.error({ ...fields, err: thrown }, `${message.type} threw`)
          throw thrown
        },
      )
    },
  }
}

function line(message: AnyMessage, context: Context, outcome: string, elapsedMs: number) {
  return {
    messageType: message.type,
    kind: message.kind,
    durationMs: Math.max(0, elapsedMs),
    outcome,
    correlationId: context.correlationId,
  }
}
