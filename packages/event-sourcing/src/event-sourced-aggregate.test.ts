import { type DomainEvent, UnknownEventError } from '@ashlar/domain'
import { describe, expect, it } from 'vitest'
import { Cart, type CartEvent } from '../test/cart.ts'
import { EventSourcedAggregate } from './event-sourced-aggregate.ts'

const opened: CartEvent = { type: 'CartOpened', data: { customerId: 'ada' } }
const added = (sku: string, quantity = 1): CartEvent => ({ type: 'ItemAdded', data: { sku, quantity } })

describe('EventSourcedAggregate', () => {
  it('has version 0 and nothing to store before anything has happened', () => {
    const cart = new Cart('1')

    expect(cart).toMatchObject({ id: '1', version: 0, uncommittedEvents: [] })
  })

  it('applies what it raises at once, and keeps it in order', () => {
    const cart = new Cart('1')

    cart.open('ada')
    const result = cart.addItem('TEA-1', 2)

    expect(result.isOk()).toBe(true)
    expect(cart.items).toEqual({ 'TEA-1': 2 })
    expect(cart.uncommittedEvents).toEqual([opened, added('TEA-1', 2)])
    expect(cart.version).toBe(2)
  })

  describe('what it raised', () => {
    type ListEvent = DomainEvent<'Started', { lines: readonly string[] }>
    class List extends EventSourcedAggregate<ListEvent> {
      static readonly category = 'list'
      seen: ListEvent[] = []

      start(lines: readonly string[]): void {
        this.raise('Started', { lines })
      }

      protected apply(event: ListEvent): void {
        this.seen.push(event)
      }
    }

    it('is a copy that its caller can not alter afterwards', () => {
      const list = new List('1')
      const lines = ['tea']

      list.start(lines)
      lines.push('altered by the caller')

      expect(list.uncommittedEvents).toEqual([{ type: 'Started', data: { lines: ['tea'] } }])
    })

    it('is frozen, so that applying it can not alter it', () => {
      const list = new List('1')

      list.start(['tea'])

      const [event] = list.seen
      expect(event).toBe(list.uncommittedEvents[0])
      expect([event, event?.data, event?.data.lines].map((part) => Object.isFrozen(part))).toEqual([
        true,
        true,
        true,
      ])
      expect(() => (event?.data.lines as string[] | undefined)?.push('milk')).toThrow(TypeError)
    })

    it('is refused at once when JSON can not carry it, before it is applied', () => {
      const list = new List('1')

      expect(() => list.start([Number.NaN as unknown as string])).toThrow(
        expect.objectContaining({ code: 'ASHLAR_KERNEL_INVALID_JSON', path: 'lines[0]' }),
      )
      expect(list).toMatchObject({ version: 0, seen: [] })
    })
  })

  it('raises nothing when it refuses', () => {
    const cart = new Cart('1')

    expect(cart.addItem('TEA-1')._unsafeUnwrapErr()).toMatchObject({ type: 'CartNotOpen', cartId: '1' })
    expect(cart.version).toBe(0)
  })

  it('makes the same state of its history as of what it raised', () => {
    const raised = new Cart('1')
    raised.open('ada')
    for (let round = 0; round < 3; round++) expect(raised.addItem('TEA-1').isOk()).toBe(true)

    const loaded = new Cart('1')
    loaded.loadFromHistory(raised.uncommittedEvents)

    expect(loaded.items).toEqual(raised.items)
    expect(loaded).toMatchObject({ version: 4, uncommittedEvents: [] })
  })

  it('counts on from its history', () => {
    const cart = new Cart('1')
    cart.loadFromHistory([opened])
    cart.loadFromHistory(new Set([added('TEA-1')]))

    expect(cart.addItem('TEA-2').isOk()).toBe(true)

    expect(cart.version).toBe(3)
    expect(cart.uncommittedEvents).toEqual([added('TEA-2')])
  })

  it('takes what it raised as stored, and counts it once', () => {
    const cart = new Cart('1')
    cart.open('ada')

    cart.markEventsAsCommitted()
    cart.markEventsAsCommitted()

    expect(cart).toMatchObject({ version: 1, uncommittedEvents: [] })
    expect(cart.addItem('TEA-1').isOk()).toBe(true)
    expect(cart).toMatchObject({ version: 2, uncommittedEvents: [added('TEA-1')] })
  })

  it('keeps what was raised after the version that was stored', () => {
    const cart = new Cart('1')
    cart.open('ada')
    const { version } = cart
    expect(cart.addItem('TEA-1').isOk()).toBe(true)

    cart.markEventsAsCommitted(version)
    cart.markEventsAsCommitted(version)

    expect(cart).toMatchObject({ version: 2, uncommittedEvents: [added('TEA-1')] })
    cart.markEventsAsCommitted(99)
    expect(cart).toMatchObject({ version: 2, uncommittedEvents: [] })
  })

  it('leaves the list alone that it handed out before the commit', () => {
    const cart = new Cart('1')
    cart.open('ada')
    const { uncommittedEvents } = cart

    cart.markEventsAsCommitted()

    expect(uncommittedEvents).toEqual([opened])
  })

  it.each(['CartPainted', 'constructor', '__proto__', 'toString', ''])(
    'throws at the event type "%s", which it does not know, and does not count it',
    (type) => {
      const cart = new Cart('1')
      const history = [opened, { type, data: {} }] as CartEvent[]

      expect(() => cart.loadFromHistory(history)).toThrow(UnknownEventError)
      expect(cart.version).toBe(1)
    },
  )

  it('keeps nothing of an event that it could not apply', () => {
    class Broken extends Cart {
      override apply(event: CartEvent): void {
        if (event.type === 'ItemAdded') throw new Error('a bug')
        super.apply(event)
      }
    }
    const cart = new Broken('1')
    cart.open('ada')

    expect(() => cart.addItem('TEA-1')).toThrow('a bug')

    expect(cart).toMatchObject({ version: 1, uncommittedEvents: [opened] })
  })
})
