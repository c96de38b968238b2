import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../event.ts'
import type { EventQuery } from '../event-query.ts'
import { matchesQuery } from './match-query.ts'

const event: RecordedEvent = {
  id: '00000000-0000-7000-8000-000000000001',
  stream: 'cart-1-a',
  version: 1,
  position: 1,
  type: 'ItemAdded',
  schemaVersion: 1,
  data: {},
  tags: ['cart:1', 'sku:TEA-1'],
  metadata: {},
  recordedAt: '2026-01-01T00:00:00.000Z',
}

describe('matchesQuery', () => {
  it.each<[EventQuery]>([
    ['all'],
    [{ category: 'cart' }],
    [{ anyOf: [{}] }],
    [{ anyOf: [{ types: ['CartOpened', 'ItemAdded'] }] }],
    [{ anyOf: [{ tags: [] }] }],
    [{ anyOf: [{ tags: ['sku:TEA-1', 'cart:1'] }] }],
    [{ anyOf: [{ types: ['Other'] }, { types: ['ItemAdded'], tags: ['cart:1'] }] }],
  ])('selects by %o', (query) => {
    expect(matchesQuery(query, event)).toBe(true)
  })

  it.each<[EventQuery]>([
    [{ category: 'car' }],
    [{ category: 'cart-1' }],
    [{ category: '' }],
    [{ anyOf: [] }],
    [{ anyOf: [{ types: [] }] }],
    [{ anyOf: [{ types: ['Item'] }] }],
    [{ anyOf: [{ tags: ['cart:1', 'sku:TEA-2'] }] }],
    [
      {
        anyOf: [
          { types: ['Other'], tags: ['cart:1'] },
          { types: ['ItemAdded'], tags: ['cart:2'] },
        ],
      },
    ],
  ])('does not select by %o', (query) => {
    expect(matchesQuery(query, event)).toBe(false)
  })
})
