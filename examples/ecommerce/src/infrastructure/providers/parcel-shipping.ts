import { err, failure, ok } from '@ashlar/result'
import type { Shipping } from '../../application/fulfilment/shipping.ts'
import { callProvider } from './provider-call.ts'
import type { ProviderLedger } from './provider-ledger.ts'

/** A carrier in a file: one parcel per key. */
export function parcelShipping(ledger: ProviderLedger): Shipping {
  return {
    async create({ orderId, address, service }, key, signal) {
      const payload = JSON.stringify({ orderId, address, service })
      const wanted = {
        service: 'shipping',
        operation: 'create',
        key,
        reference: `parcel-${key}`,
        payload,
      } as const
      const created = await callProvider(ledger, wanted, signal)
      if (created !== undefined) return ok({ shipmentId: created.reference })
      const reason = 'no carrier goes there'
      return err(
        failure('ShipmentRefused', `order "${orderId}" can't be shipped: ${reason}`, { orderId, reason }),
      )
    },
  }
}
