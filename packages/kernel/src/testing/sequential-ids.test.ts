import { describe, expect, it } from 'vitest'
import { sequentialIds } from './sequential-ids.ts'

describe('sequentialIds', () => {
  it('counts from 1, or from where it is told', () => {
    const ids = sequentialIds()

    expect([ids.next(), ids.next()]).toEqual([
      '00000000-0000-7000-8000-000000000001',
      '00000000-0000-7000-8000-000000000002',
    ])
    expect(sequentialIds(999_999_999_999).next()).toBe('00000000-0000-7000-8000-999999999999')
  })

  it('counts for itself', () => {
    sequentialIds().next()

    expect(sequentialIds().next()).toMatch(/1$/)
  })
})
