import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Wakeup } from './wakeup.ts'

describe('Wakeup', () => {
  const begin = () => {
    const stop = new AbortController()
    const wakeup = new Wakeup()
    return { stop, wakeup, rounds: wakeup.waits({ signal: stop.signal }) }
  }
  const hasCome = async (round: Promise<unknown>) =>
    Promise.race([round.then(() => true), setImmediate().then(() => false)])
  const round = { done: false, value: undefined }
  const end = { done: true, value: undefined }

  it('comes round at once, then waits', async () => {
    const { wakeup, rounds } = begin()

    expect(await rounds.next()).toEqual(round)
    const second = rounds.next()
    expect(await hasCome(second)).toBe(false)
    wakeup.wake()
    expect(await second).toEqual(round)
  })

  it('does not miss a wake between two rounds', async () => {
    const { wakeup, rounds } = begin()
    await rounds.next()

    wakeup.wake()

    expect(await rounds.next()).toEqual(round)
  })

  it('tells several wakes as one', async () => {
    const { wakeup, rounds } = begin()
    await rounds.next()
    wakeup.wake()
    wakeup.wake()
    wakeup.wake()

    await rounds.next()

    expect(await hasCome(rounds.next())).toBe(false)
  })

  it('does not count wakes from before the waiting twice', async () => {
    const { stop, wakeup } = begin()
    wakeup.wake()
    const rounds = wakeup.waits({ signal: stop.signal })
    await rounds.next()

    expect(await hasCome(rounds.next())).toBe(false)
  })

  it('wakes all who wait, each for itself', async () => {
    const { stop, wakeup } = begin()
    const many = Array.from({ length: 100 }, () => wakeup.waits({ signal: stop.signal }))
    await Promise.all(many.map((rounds) => rounds.next()))
    const waiting = many.map((rounds) => rounds.next())

    wakeup.wake()

    expect(await Promise.all(waiting)).toEqual(many.map(() => round))
  })

  it('ends for those who wait and for those who come later when it is closed', async () => {
    const { stop, wakeup, rounds } = begin()
    await rounds.next()
    const waiting = rounds.next()

    wakeup.close()
    wakeup.close()

    expect(await waiting).toEqual(end)
    expect(await rounds.next()).toEqual(end)
    expect(await wakeup.waits({ signal: stop.signal }).next()).toEqual(end)
  })

  it('throws the reason of the signal to those who wait', async () => {
    const { stop, rounds } = begin()
    await rounds.next()
    const waiting = rounds.next()

    stop.abort(new Error('enough'))

    await expect(waiting).rejects.toThrow('enough')
    expect(await rounds.next()).toEqual(end)
  })

  it('throws the reason of a signal that was aborted before', async () => {
    const rounds = new Wakeup().waits({ signal: AbortSignal.abort(new Error('too late')) })

    await expect(rounds.next()).rejects.toThrow('too late')
  })

  it.each<[string, (parts: ReturnType<typeof begin>) => void]>([
    ['woken', ({ wakeup }) => wakeup.wake()],
    ['closed', ({ wakeup }) => wakeup.close()],
    ['aborted', ({ stop }) => stop.abort(new Error('enough'))],
  ])('leaves no listener on the signal once it is %s', async (_, finish) => {
    const parts = begin()
    await parts.rounds.next()
    const waiting = parts.rounds.next()
    const whileWaiting = getEventListeners(parts.stop.signal, 'abort').length

    finish(parts)
    await waiting.catch(() => {})

    expect(whileWaiting).toBe(1)
    expect(getEventListeners(parts.stop.signal, 'abort')).toEqual([])
  })

  it('leaves no listener after many rounds', async () => {
    const { stop, wakeup, rounds } = begin()

    for (let count = 0; count < 100; count++) {
      const next = rounds.next()
      wakeup.wake()
      await next
    }
    await rounds.return()

    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })
})
