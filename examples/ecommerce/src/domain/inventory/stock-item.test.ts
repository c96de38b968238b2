import { describe, expect, it } from 'vitest'
import { StockItem } from './stock-item.ts'

describe('StockItem', () => {
  it('begins with nothing', () => {
    const item = StockItem.of('TEA')

    expect(item.toState()).toEqual({ id: 'TEA', sku: 'TEA', available: 0, reserved: 0 })
    expect(item.domainEvents).toEqual([])
  })

  it('tells each thing that happens to it, by its sku', () => {
    const item = StockItem.of('TEA')

    item.receive(5)
    item.reserve(3)._unsafeUnwrap()
    item.release(1)
    item.sell(2)

    expect(item.domainEvents).toEqual([
      { type: 'StockReceived', data: { sku: 'TEA', quantity: 5 } },
      { type: 'StockReserved', data: { sku: 'TEA', quantity: 3 } },
      { type: 'StockReleased', data: { sku: 'TEA', quantity: 1 } },
      { type: 'StockSold', data: { sku: 'TEA', quantity: 2 } },
    ])
    expect(item).toMatchObject({ available: 3, reserved: 0 })
  })

  it('reserves up to the last piece, and refuses one more', () => {
    const item = StockItem.of('TEA')
    item.receive(2)

    expect(item.reserve(2).isOk()).toBe(true)
    expect(item.reserve(1)._unsafeUnwrapErr()).toMatchObject({
      type: 'OutOfStock',
      sku: 'TEA',
      available: 0,
      wanted: 1,
    })
    expect(item).toMatchObject({ available: 0, reserved: 2 })
  })

  it.each([
    ['release', (item: StockItem, quantity: number) => item.release(quantity)],
    ['sell', (item: StockItem, quantity: number) => item.sell(quantity)],
  ])('throws at a bug that would %s more than is held, and changes nothing', (_, act) => {
    const item = StockItem.of('TEA')
    item.receive(5)
    item.reserve(2)._unsafeUnwrap()
    item.clearDomainEvents()

    expect(() => act(item, 3)).toThrow('holds 2')

    expect(item).toMatchObject({ available: 3, reserved: 2, domainEvents: [] })
  })

  it.each([0, -1, 1.5, Number.NaN, Infinity])('throws at a bug that would move %d pieces', (quantity) => {
    const item = StockItem.of('TEA')
    item.receive(5)
    item.reserve(5)._unsafeUnwrap()

    expect(() => item.receive(quantity)).toThrow(`found ${quantity}`)
    expect(() => item.reserve(quantity)).toThrow(`found ${quantity}`)
    expect(() => item.release(quantity)).toThrow(`found ${quantity}`)
    expect(() => item.sell(quantity)).toThrow(`found ${quantity}`)
    expect(item).toMatchObject({ available: 0, reserved: 5 })
  })

  it('comes back from a store as it went', () => {
    const item = StockItem.of('TEA')
    item.receive(5)
    item.reserve(2)._unsafeUnwrap()

    const restored = StockItem.restore(item.toState(), {
      version: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      isDeleted: false,
    })

    expect(restored.toState()).toEqual(item.toState())
    expect(restored.domainEvents).toEqual([])
  })
})
