import { InMemoryRepository } from '@ashlar/domain'
import { createContext } from '@ashlar/kernel'
import { MediatorBuilder, transaction } from '@ashlar/mediator'
import { InMemoryStorage } from '@ashlar/memory'
import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { ReservationId, ReservedLine } from '../../domain/inventory/reservation.ts'
import { StockItem } from '../../domain/inventory/stock-item.ts'
import { reservationMapper, stockItemMapper } from '../../infrastructure/mappers.ts'
import { inTransaction } from '../../infrastructure/memory/in-transaction.ts'
import { EndReservation, endReservation } from './end-reservation.ts'
import { ReceiveStock, receiveStock } from './receive-stock.ts'
import { ReserveStock, reserveStock } from './reserve-stock.ts'

const context = createContext()
const key = 'order-1/inventory/run' as ReservationId
const tea = { sku: 'TEA', quantity: 2 }
const mug = { sku: 'MUG', quantity: 1 }

describe('Inventory', () => {
  it('reserves all lines under a key, and the same again without a change', async () => {
    const shelf = await shelfWith({ TEA: 5, MUG: 1 })

    const answers = [await shelf.reserve([tea, mug]), await shelf.reserve([tea, mug])]

    expect(answers.map((answer) => answer._unsafeUnwrap())).toEqual([
      { reservationId: key },
      { reservationId: key },
    ])
    expect(await shelf.count('TEA')).toEqual({ available: 3, reserved: 2 })
    expect(await shelf.count('MUG')).toEqual({ available: 0, reserved: 1 })
  })

  it('takes the same lines in another order, or in parts, for the same reservation', async () => {
    const shelf = await shelfWith({ TEA: 5, MUG: 1 })
    await orThrow(shelf.reserve([tea, mug]))

    const again = await shelf.reserve([mug, { sku: 'TEA', quantity: 1 }, { sku: 'TEA', quantity: 1 }])

    expect(again.isOk()).toBe(true)
    expect(await shelf.count('TEA')).toEqual({ available: 3, reserved: 2 })
  })

  it.each([
    ['another quantity', [{ sku: 'TEA', quantity: 3 }]],
    ['another product', [mug]],
    ['one line more', [tea, mug]],
    ['no line', []],
  ])('refuses %s under a key that is taken, and keeps what it holds', async (_, lines) => {
    const shelf = await shelfWith({ TEA: 5, MUG: 1 })
    await orThrow(shelf.reserve([tea]))

    const refused = await shelf.reserve(lines)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'ReservationDiffers', reservationId: key })
    expect(await shelf.count('TEA')).toEqual({ available: 3, reserved: 2 })
    expect(await shelf.count('MUG')).toEqual({ available: 1, reserved: 0 })
  })

  it('reserves nothing at all when one line is out of stock', async () => {
    const shelf = await shelfWith({ TEA: 1, MUG: 1 })

    const refused = await shelf.reserve([mug, tea])

    expect(refused._unsafeUnwrapErr()).toMatchObject({
      type: 'OutOfStock',
      sku: 'TEA',
      available: 1,
      wanted: 2,
    })
    expect(await shelf.count('MUG')).toEqual({ available: 1, reserved: 0 })
    expect(await shelf.count('TEA')).toEqual({ available: 1, reserved: 0 })
  })

  it('counts two lines of one product together', async () => {
    const shelf = await shelfWith({ TEA: 3 })

    const refused = await shelf.reserve([tea, tea])

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'OutOfStock', available: 3, wanted: 4 })
  })

  it('has nothing of a product that was never received', async () => {
    const shelf = await shelfWith({})

    expect((await shelf.reserve([tea]))._unsafeUnwrapErr()).toMatchObject({
      type: 'OutOfStock',
      available: 0,
    })
  })

  it('gives back once what is released twice', async () => {
    const shelf = await shelfWith({ TEA: 5 })
    await orThrow(shelf.reserve([tea]))

    const ended = [await shelf.end('released'), await shelf.end('released')]

    expect(ended.map((result) => result.isOk())).toEqual([true, true])
    expect(await shelf.count('TEA')).toEqual({ available: 5, reserved: 0 })
  })

  it('sells once what is sold twice, and does not take it back', async () => {
    const shelf = await shelfWith({ TEA: 5 })
    await orThrow(shelf.reserve([tea]))

    await orThrow(shelf.end('sold'))
    await orThrow(shelf.end('sold'))
    await orThrow(shelf.end('released'))

    expect(await shelf.count('TEA')).toEqual({ available: 3, reserved: 0 })
  })

  it('refuses to sell what was released', async () => {
    const shelf = await shelfWith({ TEA: 5 })
    await orThrow(shelf.reserve([tea]))
    await orThrow(shelf.end('released'))

    const refused = await shelf.end('sold')

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'ReservationReleased', reservationId: key })
    expect(await shelf.count('TEA')).toEqual({ available: 5, reserved: 0 })
  })

  it('refuses to sell what was never reserved', async () => {
    const shelf = await shelfWith({ TEA: 5 })

    expect((await shelf.end('sold'))._unsafeUnwrapErr()).toMatchObject({ type: 'AggregateNotFound', id: key })
  })

  it('has a release forestall the reservation that comes late', async () => {
    const shelf = await shelfWith({ TEA: 5 })

    await orThrow(shelf.end('released'))
    const late = await shelf.reserve([tea])

    expect(late._unsafeUnwrapErr()).toMatchObject({ type: 'ReservationReleased', reservationId: key })
    expect(await shelf.count('TEA')).toEqual({ available: 5, reserved: 0 })
  })

  it('holds the last piece for one of many that want it at once', async () => {
    const shelf = await shelfWith({ TEA: 2 })

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, number) => shelf.reserve([tea], `order-${number}` as ReservationId)),
    )

    expect(answers.filter((answer) => answer.isOk())).toHaveLength(1)
    expect(await shelf.count('TEA')).toEqual({ available: 0, reserved: 2 })
  })

  it.each([0, -5, 1.5])('receives no %d pieces', async (quantity) => {
    const shelf = await shelfWith({ TEA: 5 })

    const refused = await shelf.receive('TEA', quantity)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'InvalidQuantity', found: quantity })
    expect(await shelf.count('TEA')).toEqual({ available: 5, reserved: 0 })
  })
})

async function shelfWith(quantities: { readonly [sku: string]: number }) {
  const storage = new InMemoryStorage({
    ports: () => ({
      stock: new InMemoryRepository(stockItemMapper),
      reservations: new InMemoryRepository(reservationMapper),
    }),
  })
  const ports = {
    stock: inTransaction('stock', storage.port('stock')),
    reservations: inTransaction('reservations', storage.port('reservations')),
  }
  const mediator = new MediatorBuilder()
    .use(transaction(storage))
    .handle(ReceiveStock, receiveStock(ports))
    .handle(ReserveStock, reserveStock(ports))
    .handle(EndReservation, endReservation(ports))
    .build()
  const shelf = {
    receive: (sku: string, quantity: number) => mediator.send(new ReceiveStock({ sku, quantity }), context),
    reserve: (lines: readonly ReservedLine[], id = key) =>
      mediator.send(new ReserveStock(id, lines), context),
    end: (as: 'released' | 'sold') => mediator.send(new EndReservation(key, as), context),
    async count(sku: string) {
      const { available, reserved } = (await orThrow(ports.stock.get(StockItem.idOf(sku), context))).value
      return { available, reserved }
    },
  }
  for (const [sku, quantity] of Object.entries(quantities)) await orThrow(shelf.receive(sku, quantity))
  return shelf
}
