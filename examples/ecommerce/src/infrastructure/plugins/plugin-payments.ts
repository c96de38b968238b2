import type { CallFailure } from '@ashlar/plugins'
import { err, failure, ok } from '@ashlar/result'
import type { Charge, PaymentDeclined, Payments } from '../../application/fulfilment/payments.ts'
import { paymentMethods } from '../../application/plugins/shop-api.ts'
import type { PaymentMethod } from '../../domain/orders/payment-method.ts'
import type { ProviderLedger } from '../providers/provider-ledger.ts'
import type { ShopPlugins } from './shop-plugins.ts'

/** Nobody offers a method at the moment, or its plugin did not answer: nobody knows whether it did what was asked. */
class PaymentMethodGoneError extends Error {
  override readonly name = 'PaymentMethodGoneError'
  readonly code = 'SHOP_PAYMENT_METHOD_GONE'

  constructor(method: PaymentMethod, cause?: CallFailure) {
    super(`nobody takes care of "${method}" now: ${cause?.message ?? 'no active plugin offers it'}`, {
      cause,
    })
  }
}

const forestalled = 'forestalled'

/**
 * Payments by whichever plugin offers their method.
 *
 * Before a charge is handed to a plugin, that is written down. So what was never handed over needs no refund, and never will
 * be charged; what was is given back by a plugin, or waits for one.
 */
export function pluginPayments(ledger: ProviderLedger, plugins: ShopPlugins | undefined): Payments {
  return {
    async charge(charge, key, signal) {
      const { orderId, customerId, amount, method } = charge
      const { manager, plugin } = offering(plugins, method)
      if (noteHandOver(ledger, key, method, 'handed over') === forestalled)
        return err(declined(charge, 'refunded before it was charged'))
      const wanted = { action: 'charge', key, orderId, customerId, amount } as const
      const called = await manager.call(paymentMethods, wanted, { plugin, signal })
      if (called.isErr()) throw new PaymentMethodGoneError(method, called.error)
      const answer = called.value
      if (answer.status === 'declined') return err(declined(charge, answer.reason))
      return ok({ paymentId: answer.paymentId })
    },

    async refund({ method, chargeKey, paymentId }, key, signal) {
      if (noteHandOver(ledger, chargeKey, method, forestalled) === forestalled) return ok()
      const { manager, plugin } = offering(plugins, method)
      const wanted = {
        action: 'refund',
        key,
        chargeKey,
        ...(paymentId !== undefined && { paymentId }),
      } as const
      const called = await manager.call(paymentMethods, wanted, { plugin, signal })
      if (called.isErr()) throw new PaymentMethodGoneError(method, called.error)
      const answer = called.value
      if (answer.status === 'done') return ok()
      const payment = paymentId ?? chargeKey
      const message = `refund of payment "${payment}" was declined: ${answer.reason}`
      return err(failure('RefundDeclined', message, { payment, reason: answer.reason }))
    },
  }
}

function offering(plugins: ShopPlugins | undefined, method: PaymentMethod) {
  const plugin = plugins?.pluginFor(method)
  if (plugins === undefined || plugin === undefined) throw new PaymentMethodGoneError(method)
  return { manager: plugins.manager, plugin }
}

/** What is written down first stays; tells what that is. */
function noteHandOver(ledger: ProviderLedger, key: string, method: PaymentMethod, payload: string): string {
  return ledger.effect({ service: 'payments', operation: 'hand-over', key, reference: method, payload })
    .payload
}

function declined({ orderId, amount, method }: Charge, reason: string): PaymentDeclined {
  const message = `payment of ${amount.amount} ${amount.currency} by ${method} for order "${orderId}" was declined: ${reason}`
  return failure('PaymentDeclined', message, { orderId, reason })
}
