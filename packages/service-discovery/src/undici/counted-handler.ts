import { DecoratorHandler, type Dispatcher } from 'undici'
import type { AcquiredInstance } from '../client/acquired-instance.ts'

/** A handler that tells how a request to an instance has ended. */
export interface CountedHandler {
  readonly handler: Dispatcher.DispatchHandler
  /** The request goes to this instance. */
  begin(acquired: AcquiredInstance): void
  /** There is nobody to send the request to. */
  fail(error: Error): void
}

/** Lays itself over the handler of a request, whichever version of undici it was made for. */
export function countedHandler(handler: Dispatcher.DispatchHandler): CountedHandler {
  const inner: Dispatcher.DispatchHandler = new DecoratorHandler(handler)
  let acquired: AcquiredInstance | undefined
  return {
    begin(begun) {
      acquired = begun
    },
    fail: (error) => inner.onResponseError?.(unsent, error),
    handler: {
      onRequestStart: (controller, context) => inner.onRequestStart?.(controller, context),
      onRequestUpgrade(controller, status, headers, socket) {
        acquired?.release('ok')
        inner.onRequestUpgrade?.(controller, status, headers, socket)
      },
      onResponseStart(controller, status, headers, message) {
        acquired?.release(status === 429 || (status >= 500 && status !== 501) ? 'failure' : 'ok')
        inner.onResponseStart?.(controller, status, headers, message)
      },
      onResponseData: (controller, chunk) => inner.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => inner.onResponseEnd?.(controller, trailers),
      onResponseError(controller, error) {
        // what the caller has aborted says nothing of the instance
        acquired?.release(controller?.aborted === true || isAbort(error) ? 'cancelled' : 'failure')
        inner.onResponseError?.(controller, error)
      },
    },
  }
}

/** Stands for a request that was never sent. */
const unsent: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  rawHeaders: null,
  rawTrailers: null,
  abort() {},
  pause() {},
  resume() {},
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || ('code' in error && error.code === 'UND_ERR_ABORTED'))
  )
}
