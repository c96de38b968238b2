import type { Dispatcher } from 'undici'
import type { AcquiredInstance } from '../client/acquired-instance.ts'

/** Lays itself over the handler of a request to an instance, and tells how the request has ended. */
export function countedHandler(
  handler: Dispatcher.DispatchHandler,
  acquired: AcquiredInstance,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade(controller, status, headers, socket) {
      acquired.release('ok')
      handler.onRequestUpgrade?.(controller, status, headers, socket)
    },
    onResponseStart(controller, status, headers, message) {
      // what comes before the answer, such as early hints, says nothing of it
      if (status >= 200) acquired.release(isFailure(status) ? 'failure' : 'ok')
      handler.onResponseStart?.(controller, status, headers, message)
    },
    onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
    onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
    onResponseError(controller, error) {
      // what the caller has aborted says nothing of the instance
      acquired.release(controller?.aborted === true || isAbort(error) ? 'cancelled' : 'failure')
      handler.onResponseError?.(controller, error)
    },
  }
}

function isFailure(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || ('code' in error && error.code === 'UND_ERR_ABORTED'))
  )
}
