import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { answering, bad, documentOf, open, settled, sourceOf, user } from '../../test/live-flags.ts'
import { objectSource } from '../sources/object-source.ts'

describe('LiveFlags.reload', () => {
  it('takes a new document, and tells what has changed after it has', async () => {
    const source = answering({ document: documentOf('1', 'off') }, { document: documentOf('2', 'off', 'on') })
    const { live, events } = await open({ source })
    const seen: boolean[] = []
    live.onChange(() => seen.push(live.evaluator.enabled('checkout', user)))

    const reloaded = await live.reload()

    expect(reloaded._unsafeUnwrap()).toEqual({ changed: ['checkout'], revision: '2' })
    expect(events).toEqual([{ type: 'changed', revision: '2', changed: ['checkout'] }])
    expect(seen).toEqual([true])
    await live.close()
  })

  it('takes the same content for no change', async () => {
    const source = answering({ document: documentOf('1', 'on') })
    const { live, events } = await open({ source })
    const before = live.evaluator.details('banner', user)

    const reloaded = [await live.reload(), await live.reload()]

    expect(reloaded.map((result) => result._unsafeUnwrap())).toEqual([
      { changed: [], revision: '1' },
      { changed: [], revision: '1' },
    ])
    expect(events).toEqual([])
    expect(live.evaluator.details('banner', user)).toBe(before)
    await live.close()
  })

  it('takes a new revision of the same content, with nothing changed but the revision', async () => {
    const source = answering({ document: documentOf('1', 'on') }, { document: documentOf('2', 'on') })
    const { live, events } = await open({ source })

    const reloaded = await live.reload()

    expect(reloaded._unsafeUnwrap()).toEqual({ changed: [], revision: '2' })
    expect(events).toEqual([{ type: 'changed', revision: '2', changed: [] }])
    await live.close()
  })

  it.each<[string, object, object, string]>([
    ['an older revision', documentOf('10', 'on'), documentOf('9', 'off'), 'StaleFlagRevision'],
    ['other content under one revision', documentOf('a', 'on'), documentOf('a', 'off'), 'FlagRevisionReused'],
    ['a bad document', documentOf('1', 'on'), bad, 'InvalidFlagDocument'],
    ['no document at all', documentOf('1', 'on'), [], 'InvalidFlagDocument'],
  ])('refuses %s, and keeps the last good one', async (_, good, wrong, type) => {
    const { live, banner, events } = await open({
      source: answering({ document: good }, { document: wrong }),
    })

    const reloaded = await live.reload()

    expect(reloaded._unsafeUnwrapErr()).toMatchObject({ type })
    expect([banner(), live.status, live.lastFailure]).toEqual([true, 'stale', reloaded._unsafeUnwrapErr()])
    expect(events).toEqual([{ type: 'refused', failure: reloaded._unsafeUnwrapErr() }])
    await live.close()
  })

  it('puts no order on revisions that are no whole numbers', async () => {
    const revisions = ['2026-02', '2026-01', '1.5', '1.4', '02', '1']
    const source = answering(...revisions.map((revision) => ({ document: documentOf(revision, 'on') })))
    const { live } = await open({ source })

    const taken = [live.evaluator.revision]
    for (let next = 1; next < revisions.length; next++)
      taken.push((await live.reload())._unsafeUnwrap().revision)

    expect(taken).toEqual(revisions)
    await live.close()
  })

  it('stays stale while the source says that the refused document is unchanged', async () => {
    const { live } = await open({
      source: answering(
        { document: documentOf('1', 'on') },
        { document: bad },
        'unchanged',
        new Error('no network'),
        'unchanged',
      ),
    })
    const types = [(await live.reload())._unsafeUnwrapErr().type]
    for (let again = 0; again < 3; again++) types.push((await live.reload())._unsafeUnwrapErr().type)

    expect(types).toEqual([
      'InvalidFlagDocument',
      'InvalidFlagDocument',
      'FlagSourceUnavailable',
      'InvalidFlagDocument',
    ])
    expect(live.status).toBe('stale')
    await live.close()
  })

  it('is up to date again when the source is back with what it had', async () => {
    const source = answering({ document: documentOf('1', 'on') }, new Error('no network'), 'unchanged')
    const { live, events } = await open({ source })
    const reloaded = [await live.reload(), await live.reload()]

    expect(reloaded.map((result) => result.unwrapOr(undefined))).toEqual([
      undefined,
      { changed: [], revision: '1' },
    ])
    expect(events.map(({ type }) => type)).toEqual(['refused', 'recovered'])
    await live.close()
  })

  it('warns of each failure once, and again after it was well', async () => {
    const good = { document: documentOf('1', 'on') }
    const [slow, down] = [new Error('slow'), new Error('down')]
    const { live, events, log } = await open({ source: answering(good, slow, slow, down, slow, good, slow) })

    for (let again = 0; again < 6; again++) await live.reload().then(() => {})

    const [isSlow, isDown] = ['slow', 'down'].map((why) => `warn: flags are stale: the source: ${why}`)
    expect(log).toEqual([isSlow, isDown, 'info: flags are up to date again', isSlow])
    expect(events.map(({ type }) => type)).toEqual(['refused', 'refused', 'recovered', 'refused'])
    await live.close()
  })

  it('loads one at a time; all who ask meanwhile share one more', async () => {
    const gates: PromiseWithResolvers<void>[] = []
    let running = 0
    let most = 0
    const source = sourceOf(async () => {
      most = Math.max(most, ++running)
      const gate = Promise.withResolvers<void>()
      gates.push(gate)
      await gate.promise
      running--
      return { document: documentOf(String(gates.length), 'on') }
    })
    const opening = open({ source })
    await settled()
    gates[0]?.resolve()
    const { live } = await opening

    const first = live.reload()
    await settled()
    const others = [live.reload(), live.reload(), live.reload()]
    await settled()
    gates[1]?.resolve()
    const second = await first
    await settled()
    gates[2]?.resolve()
    const revisions = (await Promise.all(others)).map((result) => result._unsafeUnwrap().revision)

    expect([most, gates.length, second.isOk(), revisions]).toEqual([1, 3, true, ['3', '3', '3']])
    await live.close()
  })

  it('gives up waiting by its signal, and loads all the same', async () => {
    const gate = Promise.withResolvers<void>()
    let asked = 0
    const source = sourceOf(async () => {
      if (++asked > 1) await gate.promise
      return { document: documentOf(String(asked), 'on') }
    })
    const { live } = await open({ source })
    const stop = new AbortController()

    const reloading = live.reload({ signal: stop.signal })
    stop.abort('enough')
    await expect(reloading).rejects.toBe('enough')
    gate.resolve()
    await settled()

    expect(live.evaluator.revision).toBe('2')
    await expect(live.reload({ signal: stop.signal })).rejects.toBe('enough')
    await live.close()
  })

  it('lets no reader see two documents at once', async () => {
    const source = objectSource(documentOf('0', 'off'))
    const { live } = await open({ source })
    const torn: string[] = []
    let isDone = false

    const reading = (async () => {
      while (!isDone) {
        const pinned = live.evaluator.snapshot()
        const banner = pinned.details('banner', user)
        await setImmediate()
        const checkout = pinned.details('checkout', user)
        if (banner.value !== checkout.value || banner.revision !== checkout.revision)
          torn.push(pinned.revision)
      }
    })()
    for (let revision = 1; revision <= 200; revision++) {
      source.replace(documentOf(String(revision), revision % 2 ? 'on' : 'off'))
      expect((await live.reload()).isOk()).toBe(true)
    }
    isDone = true
    await reading

    expect([torn, live.evaluator.revision]).toEqual([[], '200'])
    await live.close()
  })
})
