import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { someTargets } from '../../test/balance/some-targets.ts'
import type { Target } from '../pool/target.ts'
import type { Balancer } from './balancer.ts'
import { roundRobin } from './round-robin.ts'

const open = (seed = 1) => roundRobin().create({ random: seededRandom(seed), timer: manualTimer() })
const choose = (balancer: Balancer, calls: number) =>
  Array.from({ length: calls }, () => balancer.pick(undefined)?.instance.id)
const some = (targets: readonly Target[], ...places: readonly number[]) =>
  places.flatMap((place) => targets[place] ?? [])

describe('roundRobin', () => {
  it('gives each its turn, in the same order, over and over', () => {
    const balancer = open()
    balancer.update(someTargets(4))

    const turns = choose(balancer, 12)

    expect(new Set(turns.slice(0, 4)).size).toBe(4)
    expect(turns.slice(4, 8)).toEqual(turns.slice(0, 4))
    expect(turns.slice(8)).toEqual(turns.slice(0, 4))
  })

  it('begins where chance has it', () => {
    const firsts = Array.from({ length: 60 }, (_, seed) => {
      const balancer = open(seed)
      balancer.update(someTargets(4))
      return balancer.pick(undefined)?.instance.id
    })

    expect(new Set(firsts)).toEqual(new Set(['i-0', 'i-1', 'i-2', 'i-3']))
  })

  it('goes on with whose turn it is when others come and leave', () => {
    const balancer = roundRobin().create({ random: { next: () => 0 }, timer: manualTimer() })
    const five = someTargets(5)
    balancer.update(some(five, 0, 1, 2, 3))
    choose(balancer, 2)

    balancer.update(some(five, 4, 1, 2, 3))
    const afterOneChanged = choose(balancer, 3)
    balancer.update(some(five, 4, 3))
    const afterTwoLeft = choose(balancer, 3)

    expect(afterOneChanged).toEqual(['i-2', 'i-3', 'i-4'])
    expect(afterTwoLeft).toEqual(['i-3', 'i-4', 'i-3'])
  })

  it('goes on with the next one where the one whose turn it was has left', () => {
    const balancer = roundRobin().create({ random: { next: () => 0 }, timer: manualTimer() })
    const three = someTargets(3)
    balancer.update(three)
    choose(balancer, 1)

    balancer.update(some(three, 0, 2))

    expect(choose(balancer, 3)).toEqual(['i-2', 'i-0', 'i-2'])
  })

  it('lets nobody starve while it is told again and again', () => {
    const balancer = open()
    const targets = someTargets(3)
    const turns: (string | undefined)[] = []

    for (let call = 0; call < 9; call++) {
      balancer.update([...targets])
      turns.push(...choose(balancer, 1))
    }

    expect(turns.slice(3, 6)).toEqual(turns.slice(0, 3))
    expect(new Set(turns).size).toBe(3)
  })
})
