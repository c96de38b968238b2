import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PointsLedger } from './points-ledger.ts'
import { pointsService } from './points-service.ts'

const purchase = { customerId: 'ada', orderId: 'order-1', points: 30, key: 'key-1' }
let folder: string
let ledger: PointsLedger
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'points-test-'))
  ledger = open()
  ledger.give('ada', 100, 'gift-1')
})
afterEach(() => {
  ledger.close()
  rmSync(folder, { recursive: true })
})

describe('PointsLedger', () => {
  it('gives, spends and gives back once per key', () => {
    ledger.give('ada', 100, 'gift-1')
    const answers = [ledger.spend(purchase), ledger.spend(purchase)]
    expect(ledger.balanceOf('ada')).toBe(70)
    ledger.giveBack('key-1')
    ledger.giveBack('key-1')

    expect(answers).toEqual([{ isSpent: true }, { isSpent: true }])
    expect(ledger.purses()).toEqual([{ customerId: 'ada', given: 100, spent: 0, left: 100 }])
    expect([ledger.forOrders('spent'), ledger.forOrders('given-back')]).toEqual([
      [{ orderId: 'order-1', points: 30 }],
      [{ orderId: 'order-1', points: 30 }],
    ])
  })

  it('spends nothing that was given back, whichever came first', () => {
    ledger.giveBack('key-1')
    ledger.spend({ ...purchase, key: 'key-2' })
    ledger.giveBack('key-2')

    const late = [ledger.spend(purchase), ledger.spend({ ...purchase, key: 'key-2' })]

    expect(late.map(({ isSpent }) => isSpent)).toEqual([false, false])
    expect(ledger.balanceOf('ada')).toBe(100)
  })

  it('never spends more than there is, and a refused attempt may come again', () => {
    const much = { ...purchase, points: 101 }

    expect(ledger.spend(much)).toEqual({ isSpent: false, reason: 'there are only 100 points of 101' })
    expect(ledger.spend({ ...purchase, customerId: '__proto__' }).isSpent).toBe(false)
    ledger.give('ada', 1, 'gift-2')
    expect(ledger.spend(much)).toEqual({ isSpent: true })
    expect(ledger.balanceOf('ada')).toBe(0)
  })

  it('refuses a key that was used for another number of points', () => {
    ledger.spend(purchase)

    expect(ledger.spend({ ...purchase, points: 31 }).isSpent).toBe(false)
    expect(ledger.balanceOf('ada')).toBe(70)
  })

  it('is one book for all who have its file open, also after they have closed it', () => {
    const other = open()
    const answers = [1, 2, 3, 4].map((number) =>
      (number % 2 ? ledger : other).spend({ ...purchase, key: `key-${number}` }),
    )
    other.close()
    ledger.close()
    ledger = open()

    expect(answers.map(({ isSpent }) => isSpent)).toEqual([true, true, true, false])
    expect(ledger.purses()).toEqual([{ customerId: 'ada', given: 100, spent: 90, left: 10 }])
  })

  it('does not open what is something else', () => {
    writeFileSync(join(folder, 'other.db'), 'hello '.repeat(1_000))

    expect(() => new PointsLedger(join(folder, 'other.db'))).toThrow(
      expect.objectContaining({ code: 'SHOP_POINTS_LEDGER', message: expect.stringContaining('other.db') }),
    )
  })
})

describe('The service that plugins get', () => {
  it('has nothing but what the contract says', () => {
    expect([...pointsService(ledger).methods.keys()].sort()).toEqual(['balanceOf', 'giveBack', 'spend'])
  })

  it.each<[string, object]>([
    ['fewer than none', { points: -1 }],
    ['a part of one', { points: 0.5 }],
    ['too many to count', { points: 2 ** 53 }],
    ['points as a text', { points: '30' }],
    ['no customer', { customerId: '' }],
    ['a key without an end', { key: 'k'.repeat(201) }],
    ['something more', { isFree: true }],
  ])('spends nothing for a request with %s', (_, lie) => {
    const spend = pointsService(ledger).methods.get('spend')

    expect(() => spend?.({ ...purchase, ...lie })).toThrow()

    expect(ledger.purses()).toEqual([{ customerId: 'ada', given: 100, spent: 0, left: 100 }])
  })
})

function open(): PointsLedger {
  return new PointsLedger(join(folder, 'points.db'))
}
