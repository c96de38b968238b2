import { describe, expect, it } from 'vitest'
import { Reservation, type ReservationId } from './reservation.ts'

const id = 'order-1/inventory/run' as ReservationId
const lines = [{ sku: 'TEA', quantity: 2 }]

describe('Reservation', () => {
  it.each(['released', 'sold'] as const)('ends once, as %s', (status) => {
    const reservation = Reservation.hold(id, lines)

    const ended = [reservation.end(status), reservation.end('released'), reservation.end('sold')]

    expect(ended.map((result) => result.isOk() && result.value)).toEqual([true, false, false])
    expect(reservation.toState()).toEqual({ id, lines, status })
  })

  it('is not there to be sold once it is released', () => {
    const reservation = Reservation.hold(id, lines)
    reservation.end('released')._unsafeUnwrap()

    const refused = reservation.end('sold')

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'ReservationReleased', reservationId: id })
    expect(reservation.status).toBe('released')
  })

  it('can be given up before it is made', () => {
    const reservation = Reservation.forestall(id)

    expect(reservation).toMatchObject({ status: 'released', lines: [] })
    expect(reservation.end('released')._unsafeUnwrap()).toBe(false)
    expect(reservation.end('sold').isErr()).toBe(true)
  })

  it('comes back from a store as it went', () => {
    const reservation = Reservation.hold(id, lines)
    reservation.end('sold')._unsafeUnwrap()

    const restored = Reservation.restore(reservation.toState(), {
      version: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      isDeleted: false,
    })

    expect(restored.toState()).toEqual(reservation.toState())
  })
})
