import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StockItem } from './stock-item.ts'

type Ledger = { received: number; held: number[]; sold: number }
type Step = fc.Command<Ledger, StockItem>

const receive = (quantity: number): Step => ({
  check: () => true,
  run(model, item) {
    item.receive(quantity)
    model.received += quantity
    verify(model, item)
  },
  toString: () => `receive ${quantity}`,
})

const reserve = (quantity: number): Step => ({
  check: () => true,
  run(model, item) {
    const free = model.received - model.sold - sum(model.held)
    expect(item.reserve(quantity).isOk()).toBe(quantity <= free)
    if (quantity <= free) model.held.push(quantity)
    verify(model, item)
  },
  toString: () => `reserve ${quantity}`,
})

const end = (as: 'release' | 'sell', which: number): Step => ({
  check: ({ held }) => held.length > 0,
  run(model, item) {
    const [quantity = 0] = model.held.splice(which % model.held.length, 1)
    item[as](quantity)
    if (as === 'sell') model.sold += quantity
    verify(model, item)
  },
  toString: () => `${as} reservation ${which}`,
})

describe('StockItem', () => {
  it('never loses or makes a piece, whatever happens to it', () => {
    const quantity = fc.integer({ min: 1, max: 20 })
    const steps = fc.commands(
      [
        quantity.map(receive),
        quantity.map(reserve),
        fc.tuple(fc.constantFrom('release', 'sell'), fc.nat()).map(([as, which]) => end(as, which)),
      ],
      { maxCommands: 60 },
    )

    fc.assert(
      fc.property(steps, (commands) => {
        fc.modelRun(
          () => ({ model: { received: 0, held: [], sold: 0 }, real: StockItem.of('TEA') }),
          commands,
        )
      }),
      { numRuns: 300 },
    )
  })
})

function verify({ received, held, sold }: Ledger, item: StockItem): void {
  expect({ available: item.available, reserved: item.reserved }).toEqual({
    available: received - sold - sum(held),
    reserved: sum(held),
  })
  expect(item.available).toBeGreaterThanOrEqual(0)
  expect(item.reserved).toBeGreaterThanOrEqual(0)
  expect(item.available + item.reserved + sold).toBe(received)
  expect(soldBy(item)).toBe(sold)
}

function soldBy(item: StockItem): number {
  return sum(item.domainEvents.filter(({ type }) => type === 'StockSold').map(({ data }) => data.quantity))
}

function sum(quantities: readonly number[]): number {
  return quantities.reduce((total, quantity) => total + quantity, 0)
}
