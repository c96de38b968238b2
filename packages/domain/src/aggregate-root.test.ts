import { createContext, InvalidJsonError } from '@ashlar/kernel'
import { fixedClock, sequentialIds } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { Customer, newCustomer } from '../test/customer.ts'
import { type AggregateMeta, metaOfAdded } from './aggregate-meta.ts'
import { AggregateRoot } from './aggregate-root.ts'
import type { DomainEvent } from './domain-event.ts'
import { type Id, newId } from './id.ts'
import { markStored } from './mark-stored.ts'

const context = createContext({ userId: 'ada' })
const meta: AggregateMeta = metaOfAdded(context, fixedClock())

class Basket extends AggregateRoot<Id<'Basket'>, DomainEvent<'Filled', { items: string[]; weight: number }>> {
  fill(items: string[], weight = 1): void {
    this.addDomainEvent('Filled', { items, weight })
  }
}

describe('AggregateRoot', () => {
  it('is created by validation, with an id from the generator that was handed in, and an event', () => {
    const customer = Customer.create(' Ada ', sequentialIds())._unsafeUnwrap()

    expect(customer.id).toBe('00000000-0000-7000-8000-000000000001')
    expect(customer.version).toBe(0)
    expect(customer.domainEvents).toEqual([{ type: 'CustomerRegistered', data: { name: 'Ada' } }])
    expect(Customer.create('  ')._unsafeUnwrapErr().type).toBe('GuardFailed')
  })

  it('is restored as it was: no new id, no new time, no event', () => {
    const { id } = newCustomer()

    const restored = Customer.restore({ id, name: 'Ada', phones: [] }, { ...meta, version: 7 })

    expect(restored.id).toBe(id)
    expect([restored.version, restored.createdAt, restored.domainEvents]).toEqual([7, meta.createdAt, []])
  })

  it('raises an event for each fact, and none when nothing has changed', () => {
    const customer = newCustomer('Ada')
    customer.clearDomainEvents()

    customer.addPhone('+44 1')
    customer.addPhone('+44 1')
    customer.rename('Ada')
    customer.rename('Augusta')

    expect(customer.domainEvents).toEqual([
      { type: 'PhoneAdded', data: { phone: '+44 1' } },
      { type: 'CustomerRenamed', data: { from: 'Ada', to: 'Augusta' } },
    ])
  })

  it('shows its events as a list of that moment, which nobody can change', () => {
    const basket = new Basket(newId())
    basket.fill(['tea'])
    const seen = basket.domainEvents

    for (const _ of seen) basket.fill(['milk'])

    expect(seen).toHaveLength(1)
    expect(basket.domainEvents).toHaveLength(2)
    expect(() => (seen as unknown[]).pop()).toThrow(TypeError)
  })

  it('keeps the data of an event as they were when it was raised', () => {
    const items = ['tea']
    const basket = new Basket(newId())
    basket.fill(items)

    items.push('milk')

    const [event] = basket.domainEvents
    expect(event?.data.items).toEqual(['tea'])
    expect(() => event?.data.items.push('milk')).toThrow(TypeError)
    expect(Object.isFrozen(event)).toBe(true)
  })

  it('refuses event data that JSON would change', () => {
    const basket = new Basket(newId())

    expect(() => basket.fill([], Number.NaN)).toThrow(InvalidJsonError)
    expect(basket.domainEvents).toEqual([])
  })

  it('forgets the events that were recorded, and keeps those raised meanwhile', () => {
    const basket = new Basket(newId())
    basket.fill(['tea'])
    const recorded = basket.domainEvents
    basket.fill(['tea'])

    basket.clearDomainEvents(recorded)
    const left = basket.domainEvents.length
    basket.clearDomainEvents()

    expect([left, basket.domainEvents.length]).toEqual([1, 0])
  })

  it('takes version and audit fields from its repository only', () => {
    const basket = new Basket(newId())
    basket.fill(['tea'])

    markStored(basket, meta, basket.domainEvents)

    expect(basket).toMatchObject({
      version: 1,
      createdAt: meta.createdAt,
      createdBy: 'ada',
      domainEvents: [],
    })
    expect(() => Object.assign(basket, { version: 9 })).toThrow(TypeError)
  })

  it('shows neither state nor events to JSON.stringify', () => {
    expect(JSON.parse(JSON.stringify(newCustomer()))).toEqual({ id: expect.any(String) })
  })
})
