import { fixedClock, type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { FailureError } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Followed, failureOf, follow, reasonOf } from './follow.ts'
import type { Instance } from './instance.ts'
import { registryDenied, registryFiltered } from './registry-failure.ts'

const a: Instance = {
  id: 'a',
  service: 'orders',
  host: '10.0.0.1',
  port: 80,
  node: '',
  tags: [],
  metadata: {},
  weight: 1,
  health: 'passing',
}
const b = { ...a, id: 'b', host: '10.0.0.2' }
const denied = new FailureError(registryDenied('x', 'no token'))

/** What an adapter does in one of its attempts: tells, then fails as it is told. */
type Attempt = { readonly tells?: readonly (readonly Instance[])[]; readonly thrown: unknown }

let timer: ManualTimer
let clock: ReturnType<typeof fixedClock>
let stop: AbortController
let chance: number
beforeEach(() => {
  timer = manualTimer()
  clock = fixedClock('2026-01-01T00:00:00Z')
  stop = new AbortController()
  chance = 0.5
})

/** Follows an adapter that makes these attempts, and hangs after the last. */
function following(attempts: readonly Attempt[], rounds?: Followed['rounds']) {
  const left = [...attempts]
  const scripted = async function* () {
    const attempt = left.shift()
    if (attempt === undefined) return yield* never
    for (const instances of attempt.tells ?? []) {
      clock.advance(1_000)
      yield instances
    }
    throw attempt.thrown
  }
  const followed = { registry: 'x', service: 'orders', rounds: rounds ?? scripted, clock, timer }
  return follow({ ...followed, random: { next: () => chance } }, stop.signal)
}

const never: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
}

/** Lets microtasks pass until nobody does anything but wait. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await Promise.resolve()
}

/** All that is told until nothing more comes, rests included. */
async function toldBy(watch: ReturnType<typeof following>): Promise<readonly string[]> {
  const told: string[] = []
  const ended = (async () => {
    for await (const result of watch)
      told.push(
        result.match(
          ({ instances, stale, trouble }) =>
            `${instances.map(({ id }) => id).join()}${stale ? ` stale ${trouble?.type}` : ''}`,
          ({ type }) => type,
        ),
      )
  })().catch((error) => told.push(String(error)))
  for (let turns = 0; turns < 30; turns++) {
    await settled()
    timer.advance(30_000)
  }
  stop.abort('stopped')
  await ended
  return told
}

describe('what an adapter tells', () => {
  it('is told once where it is equal, also in another order', async () => {
    const tells = [[a, b], [b, a], [{ ...a }, { ...b }], [a], [a], []]

    const told = await toldBy(following([{ tells, thrown: denied }]))

    expect(told).toEqual(['a,b', 'a', '', ' stale RegistryDenied', 'stopped'])
  })

  it('is told again as stale, once for each kind of failure in a row', async () => {
    const told = await toldBy(
      following([
        { tells: [[a]], thrown: new Error('down') },
        { thrown: new Error('still down') },
        { thrown: denied },
        { thrown: denied },
        { thrown: new FailureError(registryFiltered('x', 'orders')) },
        { thrown: new Error('down') },
      ]),
    )

    expect(told).toEqual([
      'a',
      'a stale RegistryUnavailable',
      'a stale RegistryDenied',
      'a stale RegistryFiltered',
      'a stale RegistryUnavailable',
      'stopped',
    ])
  })

  it('is told afresh after a failure, also where it is the same', async () => {
    const told = await toldBy(
      following([
        { tells: [[a]], thrown: new Error('down') },
        { tells: [[a]], thrown: denied },
      ]),
    )

    expect(told).toEqual(['a', 'a stale RegistryUnavailable', 'a', 'a stale RegistryDenied', 'stopped'])
  })

  it('is a failure where nothing was told before, and instances after it', async () => {
    const told = await toldBy(
      following([{ thrown: denied }, { thrown: denied }, { tells: [[]], thrown: new Error('down') }]),
    )

    expect(told).toEqual(['RegistryDenied', '', ' stale RegistryUnavailable', 'stopped'])
  })

  it('is as old as its last confirmation', async () => {
    const watch = following([{ tells: [[a], [a], [a]], thrown: new Error('down') }])
    const first = (await watch.next()).value

    const stale = (await watch.next()).value

    const startedAt = Date.parse('2026-01-01T00:00:00Z')
    expect(first?._unsafeUnwrap()).toMatchObject({ asOf: startedAt + 1_000, stale: false })
    expect(stale?._unsafeUnwrap()).toMatchObject({ asOf: startedAt + 3_000, stale: true })
    expect(stale?._unsafeUnwrap().version).toBe(first?._unsafeUnwrap().version)
    expect(Object.isFrozen(stale?._unsafeUnwrap())).toBe(true)
  })
})

describe('an adapter that fails', () => {
  it('is asked again after a rest that doubles, by chance, up to 30 seconds', async () => {
    chance = 0.999
    const rests: number[] = []
    const ended = following(Array.from({ length: 12 }, () => ({ thrown: denied })))
    void ended
      .next()
      .then(() => ended.next())
      .catch(() => {})
    for (let failures = 0; failures < 12; failures++) {
      await settled()
      rests.push(Math.round(timer.waits[0] ?? -1))
      timer.advance(30_000)
    }

    expect(rests).toEqual([
      200, 400, 799, 1_598, 3_197, 6_394, 12_787, 25_574, 29_970, 29_970, 29_970, 29_970,
    ])
    stop.abort()
  })

  it('rests as long as chance wants', async () => {
    chance = 0.25
    const watch = following([{ thrown: denied }])
    await watch.next()
    void watch.next().catch(() => {})
    await settled()

    expect(timer.waits).toEqual([50])
    stop.abort()
    await settled()
    expect(timer.waits).toEqual([])
  })

  it('rests shortly again after it has answered', async () => {
    const watch = following([
      ...Array.from({ length: 9 }, () => ({ thrown: denied })),
      { tells: [[a]], thrown: denied },
    ])
    await watch.next()
    const answered = watch.next()
    for (let failures = 0; failures < 9; failures++) {
      await settled()
      timer.advance(30_000)
    }
    await answered
    await watch.next()
    void watch.next().catch(() => {})
    await settled()

    expect(timer.waits).toEqual([100])
    stop.abort()
  })

  it.each([
    ['null', null, 'null'],
    ['nothing', undefined, 'undefined'],
    ['a text', 'out of order', 'out of order'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['an object without a text', Object.create(null), 'an object was thrown'],
    [
      'an object whose text throws',
      {
        toString: () => {
          throw new Error('no')
        },
      },
      'an object was thrown',
    ],
    [
      'an error with a cause',
      new TypeError('fetch failed', { cause: new Error('refused') }),
      'fetch failed: refused',
    ],
    [
      'an error whose cause has but a code',
      new Error('failed', { cause: Object.assign(new Error(''), { code: 'ECONNREFUSED' }) }),
      'failed: ECONNREFUSED',
    ],
    [
      'a failure of something else',
      new FailureError({ type: 'CartEmpty', message: 'empty' }),
      'CartEmpty: empty',
    ],
  ])('is not available where it throws %s', async (_, thrown, reason) => {
    const told = (await following([{ thrown }]).next()).value

    expect(told?._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryUnavailable', registry: 'x' })
    expect(told?._unsafeUnwrapErr().message).toContain(reason)
    expect(reasonOf(thrown)).toBe(reason)
  })

  it('is not available where it can not even begin, or ends its answer', async () => {
    const broken = following([], () => {
      throw new Error('no socket')
    })
    const ending = following([], async function* () {})

    expect((await broken.next()).value?._unsafeUnwrapErr().message).toContain('no socket')
    expect((await ending.next()).value?._unsafeUnwrapErr().message).toContain('ended its answer')
  })

  it('tells the failures of registries as they are', () => {
    expect(failureOf('y', denied)).toBe(denied.failure)
  })
})

describe('the signal of a watch', () => {
  it('ends it at once with its reason, though the adapter hangs and heeds no signal', async () => {
    const reason = new Error('enough')
    const next = following([]).next()
    await settled()

    stop.abort(reason)

    await expect(next).rejects.toBe(reason)
  })

  it('ends a rest at once with its reason', async () => {
    const watch = following([{ thrown: denied }])
    await watch.next()
    const next = watch.next()
    await settled()

    stop.abort('enough')

    await expect(next).rejects.toBe('enough')
    expect(timer.waits).toEqual([])
  })

  it('ends it before anything is asked where it is aborted', async () => {
    let asked = 0
    stop.abort('enough')
    const watch = following([], async function* () {
      asked++
      yield []
    })

    await expect(watch.next()).rejects.toBe('enough')
    expect(asked).toBe(0)
  })

  it('is not needed where the reader leaves: the adapter is told to end', async () => {
    let ended = 0
    const watch = following([], async function* () {
      try {
        for (;;) yield [a]
      } finally {
        ended++
      }
    })

    for await (const told of watch) {
      expect(told.isOk()).toBe(true)
      break
    }

    expect(ended).toBe(1)
  })
})
