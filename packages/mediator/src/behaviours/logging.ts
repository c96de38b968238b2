import { type Clock, type Context, type Logger, silentLogger, systemClock } from '@ashlar/kernel'
import { ok } from '@ashlar/result'
import type { Behaviour } from '../behaviour.ts'
import type { AnyMessage } from '../message.ts'
import { loggableFields } from './loggable-fields.ts'
import { observeStream } from './observe-stream.ts'

/** Options of {@link logging}. */
export interface LoggingOptions {
  /** Measures how long a message takes; the machine's clock unless told. */
  readonly clock?: Clock
  /**
   * Whether the message's own data is written, too, as `message`; false unless told.
   *
   * Fields that its class lists in `static readonly secret` or `static readonly personal` are written as `[secret]`
   * and `[personal]`, at any depth. Texts are cut after 200 characters, lists and objects after 50 entries and
   * 4 levels; of instances of classes only the name is written.
   */
  readonly fields?: boolean
}

/**
 * Makes a behaviour that writes one line per message, and never what is in it unless told.
 *
 * The fields are `messageType`, `kind`, `durationMs`, `outcome` (`'ok'`, the failure's type, or `'thrown'`) and
 * `correlationId`; Ok is info, Err is warn, a throw is error with the thrown value as `err`. The facts of a failure are
 * never written. The line of a stream follows when it has ended, with `items`, and `'left'` where it was not read to
 * its end. Kernel's `silentLogger` costs nothing.
 *
 * @param logger - pino-shaped; when it throws, so does the message that it was to write about
 * @param options - `clock`, and `fields: true` to write what is in messages
 * @returns a behaviour for all kinds of messages that adds no failure
 * @example
 * ```ts
 * import { createContext, silentLogger } from '@ashlar/kernel'
 * import { Command, logging, MediatorBuilder } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class SignIn extends Command<void> {
 *   static readonly type = 'SignIn'
 *   static readonly secret = ['password'] as const
 *   readonly type = 'SignIn'
 *   readonly user = 'ada'
 *   readonly password = 'open sesame'
 * }
 *
 * const logger = { ...silentLogger, info: (fields: object, message?: string) => console.log(message, fields) }
 * const mediator = new MediatorBuilder()
 *   .use(logging(logger, { fields: true }))
 *   .handle(SignIn, async () => ok())
 *   .build()
 * console.log((await mediator.send(new SignIn(), createContext())).isOk())
 * ```
 */
export function logging(logger: Logger, options: LoggingOptions = {}): Behaviour {
  const { clock = systemClock, fields: isTelling = false } = options
  const line = (message: AnyMessage, context: Context, outcome: string, startedAt: number) => {
    const fields = {
      messageType: message.type,
      kind: message.kind,
      durationMs: Math.max(0, clock.now().getTime() - startedAt),
      outcome,
      correlationId: context.correlationId,
    }
    return isTelling ? { ...fields, message: loggableFields(message) } : fields
  }
  const logged = (source: AsyncIterable<unknown>, message: AnyMessage, context: Context, startedAt: number) =>
    observeStream(source, ({ outcome, items, thrown }) => {
      const fields = { ...line(message, context, outcome, startedAt), items }
      if (outcome === 'thrown') logger.error({ ...fields, err: thrown }, `${message.type} threw`)
      else logger.info(fields, `${message.type} ${outcome}`)
    })
  return {
    name: 'logging',
    kinds: logger === silentLogger ? [] : ['command', 'query', 'stream', 'notification'],
    handle(message, context, next) {
      const startedAt = clock.now().getTime()
      return next(message, context).then(
        (result) => {
          if (result.isErr()) {
            const { type } = result.error
            logger.warn(line(message, context, type, startedAt), `${message.type} failed: ${type}`)
            return result
          }
          if (message.kind === 'stream')
            return ok(logged(result.value as AsyncIterable<unknown>, message, context, startedAt) as never)
          logger.info(line(message, context, 'ok', startedAt), `${message.type} ok`)
          return result
        },
        (thrown) => {
          logger.error(
            { ...line(message, context, 'thrown', startedAt), err: thrown },
            `${message.type} threw`,
          )
          throw thrown
        },
      )
    },
  }
}
