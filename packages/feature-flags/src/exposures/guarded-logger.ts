import type { Logger } from '@ashlar/kernel'

/** A logger that never throws: nobody is refused a flag because nobody can be told of it. */
export function guardedLogger(logger: Logger): Logger {
  const guarded = (level: keyof Logger) => (fields: object, message?: string) => {
    try {
      logger[level](fields, message)
    } catch {
      // nobody is left to be told
    }
  }
  return { debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') }
}
