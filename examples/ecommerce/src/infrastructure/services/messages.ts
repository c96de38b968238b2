import { Money, type MoneyJson } from '@ashlar/domain'
import * as v from 'valibot'
import { id } from '../../application/id-schema.ts'

/** What services say to each other, and the paths at which they listen. */

const key = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const money = v.pipe(
  v.strictObject({ amount: v.string(), currency: v.string() }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const parsed = Money.fromJson(dataset.value as MoneyJson)
    if (parsed.isOk() && !parsed.value.isNegative) return parsed.value.toJson()
    addIssue({ message: parsed.isOk() ? 'Invalid amount: Expected 0 or more' : parsed.error.message })
    return NEVER
  }),
)

export const reserveRequest = v.strictObject({
  lines: v.pipe(
    v.array(v.strictObject({ sku: id<'Sku'>(), quantity: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
    v.minLength(1),
    v.maxLength(1_000),
  ),
})
export const endRequest = v.strictObject({ as: v.picklist(['released', 'sold']) })
export const chargeRequest = v.strictObject({
  orderId: key,
  customerId: key,
  amount: money,
  method: key,
})
export const refundRequest = v.strictObject({ method: key, chargeKey: key, paymentId: v.optional(key) })

export const reserved = v.strictObject({ reservationId: v.string() })
export const charged = v.strictObject({ paymentId: v.string() })
export const done = v.strictObject({})

/** A refusal that the caller has to decide about; everything else is trouble, and asked for again. */
export const refused = v.object({ failure: v.looseObject({ type: v.string(), message: v.string() }) })

export const paths = {
  reservation: (reservation: string) => `/reservations/${encodeURIComponent(reservation)}`,
  reservationEnd: (reservation: string) => `/reservations/${encodeURIComponent(reservation)}/end`,
  charge: (charge: string) => `/charges/${encodeURIComponent(charge)}`,
  refund: (refund: string) => `/refunds/${encodeURIComponent(refund)}`,
}
