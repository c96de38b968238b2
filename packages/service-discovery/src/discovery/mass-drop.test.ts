import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Instance } from '../registry/instance.ts'
import { registryUnavailable } from '../registry/registry-failure.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { snapshotOf } from '../registry/snapshot-of.ts'
import { MassDrop, type MassDropOptions, massDropsOf } from './mass-drop.ts'

let timer: ManualTimer
beforeEach(() => {
  timer = manualTimer()
})

const marks = { '': 'passing', '?': 'warning', '!': 'critical', '~': 'draining' } as const

/** `a b! c~` is a passing one, a critical one, and one that drains. */
function told(text: string, others: Partial<Instance> = {}): Snapshot {
  const instances = text.split(' ').flatMap((word): readonly Instance[] => {
    const [id, mark = ''] = [word[0], word[1]]
    if (id === undefined) return []
    const health = marks[mark as keyof typeof marks]
    const facts = { service: 'orders', host: `host-${id}`, port: 80, node: '', tags: [], metadata: {} }
    return [{ id, ...facts, weight: 1, health, ...others }]
  })
  return snapshotOf('orders', instances, 7)
}

function shown(snapshot: Snapshot | undefined): string {
  const markOf = ({ health }: Instance) =>
    Object.entries(marks).find(([, known]) => known === health)?.[0] ?? ''
  return snapshot?.instances.map((instance) => `${instance.id}${markOf(instance)}`).join(' ') ?? 'nothing'
}

/** A mass drop that was told this, and what it shows whenever it lets go. */
function dropOf(first: string, options: MassDropOptions = {}) {
  const released: string[] = []
  const drop = new MassDrop(massDropsOf(options), timer, () => released.push(shown(drop.shown)))
  drop.take(told(first))
  const take = (text: string) => shown(drop.take(told(text)))
  return { drop, released, take }
}

describe('the loss of many instances', () => {
  it('is held back, and believed when the time is over', () => {
    const { drop, released, take } = dropOf('a b c d')

    expect([take('a'), drop.held]).toEqual(['a b c d', 3])
    timer.advance(59_999)
    expect(released).toEqual([])
    timer.advance(1)

    expect([released, shown(drop.shown), drop.held, timer.waits]).toEqual([['a'], 'a', 0, []])
  })

  it('is the same where they are told to be critical', () => {
    const { drop, released, take } = dropOf('a b? c d')

    expect([take('a b! c! d!'), drop.held]).toEqual(['a b? c d', 3])
    timer.advance(60_000)

    expect(released).toEqual(['a b! c! d!'])
  })

  it('is the same where nobody is left', () => {
    const { released, take } = dropOf('a b c')

    expect(take('')).toBe('a b c')
    timer.advance(60_000)

    expect(released).toEqual([''])
  })

  it.each([
    ['a b c d', 'c d', 0.5, 'c d'],
    ['a b c d', 'd', 0.5, 'a b c d'],
    ['a b c', 'c', 0.5, 'a b c'],
    ['a b c', 'b c', 0.5, 'b c'],
    ['a b c d', 'b c d', 0, 'a b c d'],
    ['a b c d', '', 1, ''],
    ['a b', '', 0.5, ''],
    ['a b c! d!', 'c! d!', 0.5, 'c! d!'],
  ])('of %j to %j with a share of %d shows %j', (first, then, maxShare, expected) => {
    const { take } = dropOf(first, { maxShare })

    expect(take(then)).toBe(expected)
  })

  it('is not held back for those that say themselves that they drain', () => {
    const { drop, take } = dropOf('a b c d')

    expect(take('a~ b~ c~ d~')).toBe('a~ b~ c~ d~')
    expect([take(''), drop.held, timer.waits]).toEqual(['', 0, []])
  })

  it('is shown as it was, and dated and doubted as it is told', () => {
    const { drop } = dropOf('a b c d')
    const trouble = registryUnavailable('x', 'down')
    const last = { ...told('a'), asOf: 99, stale: true, trouble }

    const snapshot = drop.take(last)

    expect(snapshot).toMatchObject({ asOf: 99, stale: true, trouble, service: 'orders' })
    expect(snapshot.version).toBe(told('a b c d').version)
    expect(Object.isFrozen(snapshot) && Object.isFrozen(snapshot.instances)).toBe(true)
    timer.advance(60_000)
    expect(drop.shown).toBe(last)
  })
})

describe('while a loss is held back', () => {
  it('those that come back are shown as they come', () => {
    const { drop, released, take } = dropOf('a b c d')
    take('a')

    expect([take('a b? c d'), drop.held]).toEqual(['a b? c d', 0])
    timer.advance(100_000)

    expect([released, timer.waits]).toEqual([[], []])
  })

  it('some that come back leave the others held', () => {
    const { released, take, drop } = dropOf('a b c d')
    take('a')

    expect([take('a b'), drop.held]).toEqual(['a b c d', 2])
    timer.advance(60_000)

    expect(released).toEqual(['a b'])
  })

  it('new ones are shown', () => {
    const { take } = dropOf('a b c d')
    take('a')

    expect(take('a x y')).toBe('a b c d x y')
  })

  it('one that drains is believed', () => {
    const { take, drop } = dropOf('a b c d')
    take('a')

    expect([take('a b~'), drop.held]).toEqual(['a b~ c d', 2])
  })

  it('one that is told elsewhere is shown there, once it is well', () => {
    const { drop } = dropOf('a b c d')
    drop.take(told('a'))
    const moved = {
      ...told('a b'),
      instances: [...told('a').instances, ...told('b', { port: 81 }).instances],
    }
    const ill = {
      ...moved,
      instances: moved.instances.map((one) => ({ ...one, health: 'critical' as const })),
    }

    drop.take(ill)
    expect(drop.shown?.instances.find(({ id }) => id === 'b')).toMatchObject({ port: 80, health: 'passing' })
    drop.take(moved)

    expect(drop.shown?.instances.find(({ id }) => id === 'b')).toMatchObject({ port: 81, health: 'passing' })
  })

  it('a few others that leave are believed', () => {
    const { take } = dropOf('a b c d e f g h')
    expect(take('a b c')).toBe('a b c d e f g h')

    expect(take('a b')).toBe('a b d e f g h')
  })

  it('a second loss of many is held back too, for a time of its own', () => {
    const { drop, released, take } = dropOf('a b c d e f g')
    take('a b c')
    timer.advance(40_000)

    expect([take(''), drop.held]).toEqual(['a b c d e f g', 7])
    timer.advance(20_000)
    expect(released).toEqual(['a b c'])
    timer.advance(40_000)

    expect([released, drop.held, timer.waits]).toEqual([['a b c', ''], 0, []])
  })

  it('one that comes back and is lost again has a time of its own', () => {
    const { drop, released, take } = dropOf('a b c d e f')
    take('a')
    timer.advance(40_000)
    take('a b c d e')

    expect(take('')).toBe('a b c d e f')
    timer.advance(20_000)
    expect([released, drop.held]).toEqual([['a b c d e'], 5])
    timer.advance(40_000)

    expect(released).toEqual(['a b c d e', ''])
  })

  it('the same told again holds it no longer', () => {
    const { released, take } = dropOf('a b c d')
    for (let second = 0; second < 60; second++) {
      take('a')
      timer.advance(1_000)
    }

    expect(released).toEqual(['a'])
    expect(take('a')).toBe('a')
  })

  it('a close ends the waiting', () => {
    const { drop, take } = dropOf('a b c d')
    take('')

    drop.close()

    expect(timer.waits).toEqual([])
  })
})

describe('the options', () => {
  it.each([
    { maxShare: -0.1 },
    { maxShare: 1.1 },
    { maxShare: Number.NaN },
    { leastInstances: 0 },
    { holdMs: 0 },
    { holdMs: Number.POSITIVE_INFINITY },
  ])('refuse %j', (options) => {
    expect(() => massDropsOf(options)).toThrow(new RegExp(`^option ${Object.keys(options)[0]}: expected`))
  })

  it('believes a loss where as many have come, as when a new release takes the place of the old one', () => {
    const { take } = dropOf('a b c d')

    expect(take('e f g h')).toBe('e f g h')
  })
})
