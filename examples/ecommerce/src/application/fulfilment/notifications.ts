import type { Failure, Result } from '@ashlar/result'

type NotificationRefused = Failure<'NotificationRefused', { readonly reason: string }>

/** Somebody else's service that writes to customers; the same key is the same message. */
export interface Notifications {
  send(
    message: { readonly customerId: string; readonly orderId: string; readonly text: string },
    key: string,
    signal: AbortSignal,
  ): Promise<Result<{ messageId: string }, NotificationRefused>>
}
