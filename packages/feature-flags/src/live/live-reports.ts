import type { Logger } from '@ashlar/kernel'
import type { ReloadFailure } from './live-failure.ts'

/** What has become of the flags. */
export type LiveFlagsEvent = FlagsChanged | FlagsRefused | FlagsRecovered

/** Another document is in force. */
export type FlagsChanged = {
  /** Tells the events from each other. */
  readonly type: 'changed'
  /** The revision that is in force now. */
  readonly revision: string
  /** The keys of flags that may be told differently, sorted; none where only the revision is another one. */
  readonly changed: readonly string[]
}

/** The flags could not be brought up to date; told once for each reason. */
export type FlagsRefused = {
  /** Tells the events from each other. */
  readonly type: 'refused'
  /** Why the last good document stays in force. */
  readonly failure: ReloadFailure
}

/** The flags were stale, and are up to date again. */
export type FlagsRecovered = {
  /** Tells the events from each other. */
  readonly type: 'recovered'
}

/** Hears of what becomes of the flags; what it throws is logged, and stops nothing. */
export type LiveFlagsListener = (event: LiveFlagsEvent) => void

const maxKnownWarnings = 100

/** Tells listeners and the log; nothing that they throw gets any further. */
export class LiveReports {
  readonly #logger: Logger
  readonly #listeners = new Set<{ readonly listener: LiveFlagsListener }>()
  readonly #warned = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add(listener: LiveFlagsListener): () => void {
    const entry = { listener }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  tell(event: LiveFlagsEvent): void {
    for (const entry of [...this.#listeners])
      if (this.#listeners.has(entry)) this.#call(entry.listener, event)
  }

  /** Warns once of what has the same text; false where it was known. */
  warnOnce(text: string, fields: object): boolean {
    if (this.#warned.has(text)) return false
    if (this.#warned.size === maxKnownWarnings) this.#warned.clear()
    this.#warned.add(text)
    this.warn(fields, text)
    return true
  }

  warn(fields: object, message: string): void {
    this.#log('warn', fields, message)
  }

  info(fields: object, message: string): void {
    this.#log('info', fields, message)
  }

  /** What comes next is worth telling again. */
  forget(): void {
    this.#warned.clear()
  }

  close(): void {
    this.#listeners.clear()
  }

  /** A listener may be asynchronous, against its type. */
  #call(listener: LiveFlagsListener, event: LiveFlagsEvent): void {
    const failed = (error: unknown) =>
      this.#log('error', { error, event: event.type }, 'a listener to flags failed')
    try {
      const told: unknown = listener(event)
      if (told instanceof Promise) told.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  #log(level: 'info' | 'warn' | 'error', fields: object, message: string): void {
    try {
      this.#logger[level](fields, message)
    } catch {}
  }
}
