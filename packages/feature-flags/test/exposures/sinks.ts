import type { Logger } from '@ashlar/kernel'
import type { Exposure, ExposureSink } from '../../src/exposures/exposure.ts'

/** A sink that keeps everything, unless `answer` does something else first. */
export class KeepingSink implements ExposureSink {
  readonly batches: (readonly Exposure[])[] = []
  readonly signals: AbortSignal[] = []
  calls = 0
  answer: (() => void | Promise<void>) | undefined

  /** All that was kept. */
  get kept(): readonly Exposure[] {
    return this.batches.flat()
  }

  record(exposures: readonly Exposure[], { signal }: { readonly signal: AbortSignal }): Promise<void> {
    this.calls++
    this.signals.push(signal)
    const answer = this.answer?.()
    if (answer === undefined) {
      this.batches.push(exposures)
      return Promise.resolve()
    }
    return answer.then(() => {
      this.batches.push(exposures)
    })
  }
}

/** A logger that keeps its messages by level. */
export class KeepingLogger implements Logger {
  readonly messages: string[] = []

  debug(_: object, message = ''): void {
    this.messages.push(`debug ${message}`)
  }
  info(_: object, message = ''): void {
    this.messages.push(`info ${message}`)
  }
  warn(_: object, message = ''): void {
    this.messages.push(`warn ${message}`)
  }
  error(_: object, message = ''): void {
    this.messages.push(`error ${message}`)
  }
}
