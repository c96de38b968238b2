import type { Failure, Result } from '@ashlar/result'
import type { AddressData } from '../../domain/customers/address.ts'

type ShipmentRefused = Failure<'ShipmentRefused', { readonly orderId: string; readonly reason: string }>

/** Somebody else's service that moves parcels; the same key is the same request. */
export interface Shipping {
  create(
    shipment: { readonly orderId: string; readonly address: AddressData },
    key: string,
    signal: AbortSignal,
  ): Promise<Result<{ shipmentId: string }, ShipmentRefused>>
}
