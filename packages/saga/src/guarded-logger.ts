import type { Logger } from '@ashlar/kernel'

/** A logger that never throws: a saga does not stop because nobody can be told of it. */
export function guardedLogger(logger: Logger): Logger {
  const guarded = (level: keyof Logger) => (fields: object, message?: string) =>
    guard(() => logger[level](fields, message))
  return { debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') }
}

/** Does what must not break the work, whatever it throws, at once or later; undefined then. */
export function guard<T>(tell: () => T): T | undefined {
  try {
    const told = tell()
    if (told instanceof Promise) told.catch(() => {})
    return told
  } catch {
    return undefined
  }
}
