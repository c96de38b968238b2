/** How a parcel travels. */
export type ShippingService = 'standard' | 'express'
