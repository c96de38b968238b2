import { type ProvidedService, provide } from '@ashlar/plugins'
import * as v from 'valibot'
import { type Points, points } from '../../application/plugins/shop-api.ts'

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const spending = v.strictObject({
  customerId: text,
  orderId: text,
  points: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  key: text,
})

/** The points as plugins may have them: nobody gives points away, and what they send is looked at first. */
export function pointsService(ledger: Points): ProvidedService {
  return provide(points, {
    balanceOf: (customerId) => ledger.balanceOf(v.parse(text, customerId)),
    spend: (request) => ledger.spend(v.parse(spending, request)),
    giveBack: (key) => ledger.giveBack(v.parse(text, key)),
  })
}
