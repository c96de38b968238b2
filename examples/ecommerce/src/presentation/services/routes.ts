import { createContext } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import * as v from 'valibot'
import type { Shop } from '../../composition.ts'
import type { ReservationId } from '../../domain/inventory/reservation.ts'
import {
  chargeRequest,
  endRequest,
  refundRequest,
  reserveRequest,
} from '../../infrastructure/services/messages.ts'

/** What comes of a request. */
type Outcome = Result<object, AnyFailure>

/** Answers one kind of request, under the key that stands in its path. */
export type Route = {
  /** With one group, which is the key. */
  readonly path: RegExp
  readonly answer: (key: string, body: unknown, correlationId: string | undefined) => Promise<Outcome>
}

export type ServiceName = 'inventory' | 'payments'

export function routesOf(service: ServiceName, shop: Shop): readonly Route[] {
  return service === 'inventory' ? inventoryRoutes(shop) : paymentRoutes(shop)
}

function inventoryRoutes({ warehouse }: Shop): readonly Route[] {
  return [
    {
      path: /^\/reservations\/([^/?#]+)$/,
      answer: (key, body, correlationId) => {
        const { lines } = v.parse(reserveRequest, body)
        return warehouse.reserve(key as ReservationId, lines, contextOf(correlationId))
      },
    },
    {
      path: /^\/reservations\/([^/?#]+)\/end$/,
      answer: async (key, body, correlationId) => {
        const { as } = v.parse(endRequest, body)
        const ended = await warehouse.end(key as ReservationId, as, contextOf(correlationId))
        return ended.map(() => ({}))
      },
    },
  ]
}

/** What was begun goes on, whoever waits for it, but not for ever. */
const providerTimeoutMs = 10_000

function paymentRoutes({ cards }: Shop): readonly Route[] {
  return [
    {
      path: /^\/charges\/([^/?#]+)$/,
      answer: (key, body) =>
        cards.charge(v.parse(chargeRequest, body), key, AbortSignal.timeout(providerTimeoutMs)),
    },
    {
      path: /^\/refunds\/([^/?#]+)$/,
      answer: async (key, body) => {
        const { paymentId, ...refund } = v.parse(refundRequest, body)
        const signal = AbortSignal.timeout(providerTimeoutMs)
        return (await cards.refund({ ...refund, paymentId }, key, signal)).map(() => ({}))
      },
    },
  ]
}

function contextOf(correlationId: string | undefined) {
  return createContext(correlationId === undefined ? {} : { correlationId })
}
