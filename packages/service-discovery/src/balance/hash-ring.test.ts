import { describe, expect, it } from 'vitest'
import { someTargets, targetsOf } from '../../test/balance/some-targets.ts'
import { HashRing } from './hash-ring.ts'

describe('HashRing', () => {
  it('has as many points as told for each of equal weight', () => {
    expect(new HashRing(someTargets(5), 128).size).toBe(640)
  })

  it('has at most twice as many for a mean weight, however large weights are', () => {
    expect(new HashRing(targetsOf([65_535, 65_535, 65_535]), 128).size).toBeLessThanOrEqual(3 * 256)
  })

  it('has a point for the lightest', () => {
    const ring = new HashRing(targetsOf([1, 65_535]), 128)

    const owners = new Set(Array.from({ length: ring.size }, (_, place) => ring.ownerAt(place)))

    expect(owners).toEqual(new Set([0, 1]))
  })

  it('goes from the last point on to the first', () => {
    const ring = new HashRing(someTargets(3), 8)

    expect(ring.find(2 ** 31 - 1)).toBe(0)
    expect(ring.find(-(2 ** 31))).toBe(0)
  })

  it('finds a place for every hash', () => {
    const ring = new HashRing(someTargets(3), 8)

    const places = new Set<number>()
    for (let hash = -(2 ** 31); hash < 2 ** 31; hash += 2 ** 20) places.add(ring.find(hash))

    expect(Math.min(...places)).toBe(0)
    expect(Math.max(...places)).toBe(23)
  })
})
