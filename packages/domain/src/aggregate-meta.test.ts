import { createContext } from '@ashlar/kernel'
import { fixedClock } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { metaOfAdded, metaOfRemoved, metaOfSaved } from './aggregate-meta.ts'

const ada = createContext({ userId: 'ada' })
const bob = createContext({ userId: 'bob' })

describe('version and audit fields', () => {
  it('start at version 1, with a creator and a time', () => {
    expect(metaOfAdded(ada, fixedClock('2026-01-01T00:00:00Z'))).toEqual({
      version: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: 'ada',
      isDeleted: false,
    })
  })

  it('keep the creator when another saves and removes', () => {
    const clock = fixedClock('2026-01-01T00:00:00Z')
    const added = metaOfAdded(ada, clock)
    clock.advance(1)

    const saved = metaOfSaved(added, bob, clock)
    const removed = metaOfRemoved(saved, ada, clock)

    const modifiedAt = '2026-01-01T00:00:00.001Z'
    expect(saved).toEqual({ ...added, version: 2, modifiedAt, modifiedBy: 'bob' })
    expect(removed).toEqual({ ...added, version: 3, modifiedAt, modifiedBy: 'ada', isDeleted: true })
  })

  it('name nobody when the context names nobody', () => {
    const saved = metaOfSaved(
      metaOfSaved(metaOfAdded(createContext(), fixedClock()), bob, fixedClock()),
      createContext(),
      fixedClock(),
    )

    expect(Object.keys(saved)).not.toContain('createdBy')
    expect(Object.keys(saved)).not.toContain('modifiedBy')
  })
})
