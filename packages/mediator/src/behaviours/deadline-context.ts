import type { Context } from '@ashlar/kernel'

/** What the signal of a message is aborted with that took too long. */
export class MessageTimeoutError extends Error {
  override readonly name = 'MessageTimeoutError'
  readonly code = 'ASHLAR_MEDIATOR_MESSAGE_TIMEOUT'
  /** How long the message was given. */
  readonly timeoutMs: number

  /** @param timeoutMs - how long the message was given */
  constructor(timeoutMs: number) {
    super(`the message was to be answered within ${timeoutMs} ms: nobody waits for the answer any more`)
    this.timeoutMs = timeoutMs
  }
}

/**
 * A copy of a context whose signal exists from when somebody reads it; a copy of the copy has the real one.
 *
 * The signal is aborted with that of the original, and at the deadline. Messages with the same original and the same
 * deadline share it.
 */
export class DeadlineContext implements Context {
  declare readonly correlationId: string
  declare readonly signal: AbortSignal
  readonly #original: AbortSignal
  #controller: AbortController | undefined
  #messages = 0
  #error: MessageTimeoutError | undefined

  constructor(original: Context) {
    Object.defineProperty(this, 'signal', DeadlineContext.#lazySignal)
    Object.assign(this, original)
    this.#original = original.signal
  }

  /** Tells whether a context's signal is aborted, without calling into being one that nobody has read yet. */
  static isAborted(context: Context): boolean {
    // a context without the prototype needs no look for the field, which is what costs something
    if (!(context instanceof DeadlineContext) || !(#original in context)) return context.signal.aborted
    return context.#error !== undefined || context.#original.aborted
  }

  /** A message is on its way with this context. */
  enter(): void {
    if (this.#messages++ === 0 && this.#controller !== undefined) this.#follow(this.#controller)
  }

  /** A message has come back. */
  leave(): void {
    if (--this.#messages === 0 && this.#controller !== undefined) this.#unfollow()
  }

  /** The time is up. */
  expire(timeoutMs: number): void {
    if (this.#error !== undefined) return
    this.#error = new MessageTimeoutError(timeoutMs)
    if (this.#controller === undefined) return
    this.#unfollow()
    this.#controller.abort(this.#error)
  }

  /** Shared by all instances, for the engine then gives all of them one shape; the setter is there for the copying. */
  static readonly #lazySignal: PropertyDescriptor & ThisType<DeadlineContext> = {
    get(): AbortSignal {
      return this.#readSignal()
    },
    set(): void {},
    enumerable: true,
    configurable: true,
  }

  #readSignal(): AbortSignal {
    if (this.#controller === undefined) {
      // with no message under way there is no deadline to watch: the original's signal tells all
      if (this.#messages === 0 && this.#error === undefined) return this.#original
      this.#controller = new AbortController()
      if (this.#error !== undefined) this.#controller.abort(this.#error)
      else this.#follow(this.#controller)
    }
    return this.#controller.signal
  }

  #follow(controller: AbortController): void {
    if (this.#original.aborted) controller.abort(this.#original.reason)
    else this.#original.addEventListener('abort', this)
  }

  #unfollow(): void {
    this.#original.removeEventListener('abort', this)
  }

  /** Hears that the original's signal was aborted. */
  handleEvent(): void {
    this.#controller?.abort(this.#original.reason)
  }
}
