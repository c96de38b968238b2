import { describe, expect, it } from 'vitest'
import { BaseEntity } from './base-entity.ts'
import { type Id, newId } from './id.ts'

class OrderLine extends BaseEntity<Id<'Line'>> {
  quantity = 1
}
class ReturnedLine extends BaseEntity<Id<'Line'>> {
  quantity = 1
}

describe('BaseEntity', () => {
  it('equals another instance of the same class and id, however different its state', () => {
    const id = newId<'Line'>()
    const one = new OrderLine(id)
    const other = new OrderLine(id)
    other.quantity = 7

    expect([one.equals(other), one.equals(one)]).toEqual([true, true])
  })

  it('does not equal another id, another class, a look-alike, or nothing', () => {
    const id = newId<'Line'>()
    const line = new OrderLine(id)
    const lookAlike = { id, constructor: OrderLine } as never

    const others = [new OrderLine(newId<'Line'>()), new ReturnedLine(id), lookAlike, null, undefined]

    expect(others.map((other) => line.equals(other))).toEqual([false, false, false, false, false])
  })

  it('is new: without times and users, and not deleted', () => {
    const { createdAt, createdBy, modifiedAt, modifiedBy, isDeleted } = new OrderLine(newId<'Line'>())

    expect([createdAt, createdBy, modifiedAt, modifiedBy, isDeleted]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      false,
    ])
  })

  it('shows the audit fields that it was restored with, and lets nobody set them', () => {
    const createdAt = '2026-01-01T00:00:00.000Z'
    const line = new OrderLine(newId<'Line'>(), { createdAt, createdBy: 'ada', isDeleted: true })

    expect(line).toMatchObject({ createdAt, createdBy: 'ada', isDeleted: true })
    expect(() => Object.assign(line, { createdAt: 'never' })).toThrow(TypeError)
    expect(() => Object.assign(line, { isDeleted: false })).toThrow(TypeError)
  })
})
