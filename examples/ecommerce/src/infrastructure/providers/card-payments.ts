import { err, failure, ok } from '@ashlar/result'
import type { Payments } from '../../application/fulfilment/payments.ts'
import { callProvider } from './provider-call.ts'
import type { Effect, ProviderLedger } from './provider-ledger.ts'

const forestalled = 'forestalled'

/** A card company in a file: charges once per key, refunds once per charge. */
export function cardPayments(ledger: ProviderLedger): Payments {
  return {
    async charge({ orderId, customerId, amount }, key, signal) {
      const payload = JSON.stringify({ orderId, customerId, amount })
      const wanted = {
        service: 'payments',
        operation: 'charge',
        key,
        reference: `pay-${key}`,
        payload,
      } as const
      const charged = await callProvider(ledger, wanted, signal)
      if (charged?.payload === payload) return ok({ paymentId: charged.reference })
      const message = `payment of ${amount.amount} ${amount.currency} for order "${orderId}" was declined`
      return err(failure('PaymentDeclined', message, { orderId, reason: reasonOf(charged) }))
    },

    async refund({ chargeKey }, key, signal) {
      const charge = ledger.effect({
        service: 'payments',
        operation: 'charge',
        key: chargeKey,
        reference: `pay-${chargeKey}`,
        payload: forestalled,
      })
      if (charge.payload === forestalled) return ok()
      const { reference, payload } = charge
      const wanted = { service: 'payments', operation: 'refund', key, reference, payload } as const
      const refunded = await callProvider(ledger, wanted, signal)
      if (refunded !== undefined) return ok()
      const reason = 'declined'
      return err(
        failure('RefundDeclined', `refund of payment "${reference}" was ${reason}`, {
          payment: reference,
          reason,
        }),
      )
    },
  }
}

function reasonOf(charged: Effect | undefined): string {
  if (charged === undefined) return 'declined'
  return charged.payload === forestalled
    ? 'refunded before it was charged'
    : 'its key belongs to another charge'
}

/** The charges that moved money: those that a refund forestalled did not. */
export function chargesOf(
  ledger: ProviderLedger,
): readonly { readonly key: string; readonly payload: string }[] {
  return ledger.effects('payments', 'charge').filter(({ payload }) => payload !== forestalled)
}
