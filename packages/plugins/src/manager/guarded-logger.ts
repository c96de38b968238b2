import type { Logger } from '@ashlar/kernel'

/** A logger whose faults are its own: what observes must not disturb what is observed. */
export function guarded(logger: Logger): Logger {
  const write = (level: keyof Logger) => (fields: object, message?: string) => {
    try {
      logger[level](fields, message)
    } catch {
      // There is nobody left to tell.
    }
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
