import { describe, expect, it } from 'vitest'
import { syntheticUsers, type UserFamily, userFamilies } from './synthetic-users.ts'

const shapes: Record<UserFamily, RegExp> = {
  sequential: /^user-[1-9]\d*$/,
  numeric: /^\d{9}$/,
  uuid: /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
  hangul: /^\p{Script=Hangul}{3}$/u,
  han: /^\p{Script=Han}{3}$/u,
  emoji: /^\p{Extended_Pictographic}|\p{Emoji}{3}$/u,
}

describe('syntheticUsers', () => {
  it.each(userFamilies)('makes %s ids that are all different and look so', (family) => {
    const ids = syntheticUsers(family, 30_000)

    expect(new Set(ids).size).toBe(30_000)
    expect(ids.filter((id) => !shapes[family].test(id))).toEqual([])
    expect(ids.every((id) => id.isWellFormed())).toBe(true)
  })

  it.each(userFamilies)('makes the same %s ids each time', (family) => {
    expect(syntheticUsers(family, 100)).toEqual(syntheticUsers(family, 200).slice(0, 100))
  })

  it('refuses half a user, fewer than none, and a family that it does not know', () => {
    expect(syntheticUsers('uuid', 0)).toEqual([])
    expect(() => syntheticUsers('uuid', 0.5)).toThrow(RangeError)
    expect(() => syntheticUsers('uuid', -1)).toThrow(RangeError)
    expect(() => syntheticUsers('klingon' as UserFamily, 1)).toThrow('found klingon')
  })
})
