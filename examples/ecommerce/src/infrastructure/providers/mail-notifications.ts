import { err, failure, ok } from '@ashlar/result'
import type { Notifications } from '../../application/fulfilment/notifications.ts'
import { callProvider } from './provider-call.ts'
import type { ProviderLedger } from './provider-ledger.ts'

/** A mail service in a file: one message per key. */
export function mailNotifications(ledger: ProviderLedger): Notifications {
  return {
    async send({ customerId, orderId, text }, key, signal) {
      const payload = JSON.stringify({ customerId, orderId, text })
      const wanted = {
        service: 'notifications',
        operation: 'send',
        key,
        reference: `mail-${key}`,
        payload,
      } as const
      const sent = await callProvider(ledger, wanted, signal)
      if (sent !== undefined) return ok({ messageId: sent.reference })
      return err(failure('NotificationRefused', 'the mail service is closed', { reason: 'closed' }))
    },
  }
}
