import type { Failure, Result } from '@ashlar/result'
import type { AddressData } from '../../domain/customers/address.ts'
import type { ShippingService } from '../../domain/orders/shipping-service.ts'

type Shipment = {
  readonly orderId: string
  readonly address: AddressData
  readonly service: ShippingService
}

type ShipmentRefused = Failure<'ShipmentRefused', { readonly orderId: string; readonly reason: string }>

/** Somebody else's service that moves parcels; the same key is the same request. */
export interface Shipping {
  create(
    shipment: Shipment,
    key: string,
    signal: AbortSignal,
  ): Promise<Result<{ shipmentId: string }, ShipmentRefused>>
}
