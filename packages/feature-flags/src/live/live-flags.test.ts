import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { answering, bad, documentOf, flags, open, settled, sourceOf } from '../../test/live-flags.ts'
import type { FlagSource, LoadedFlags } from '../sources/flag-source.ts'
import { objectSource } from '../sources/object-source.ts'
import { LiveFlags } from './live-flags.ts'
import type { LiveFlagsEvent } from './live-reports.ts'

describe('LiveFlags.open', () => {
  it('tells by the document of its source', async () => {
    const { live, banner } = await open({ source: objectSource(documentOf('7', 'on')) })

    expect([banner(), live.status, live.lastFailure, live.evaluator.revision]).toEqual([
      true,
      'ready',
      undefined,
      '7',
    ])
    await live.close()
  })

  it('fails with what was wrong when the source has no good document, and leaves it alone then', async () => {
    const [timer, down, wrong] = [
      manualTimer(),
      answering(new Error('no network')),
      answering({ document: bad }),
    ]

    const opened = [
      await LiveFlags.open(flags, { source: down, timer }),
      await LiveFlags.open(flags, { source: wrong, timer }),
    ]

    expect(opened.map((result) => result._unsafeUnwrapErr())).toMatchObject([
      { type: 'FlagSourceUnavailable', source: 'the source', message: 'the source: no network' },
      { type: 'InvalidFlagDocument' },
    ])
    expect([timer.waits, down.asked, wrong.asked]).toEqual([[], 1, 1])
  })

  it('begins with the bootstrap when the source fails, stale, until the source is back', async () => {
    const source = objectSource(undefined, { name: 'flags' })
    const { live, banner, log, events } = await open({ source, bootstrap: documentOf('1', 'on') })

    const begun = [banner(), live.status, live.lastFailure?.type, log]
    source.replace(documentOf('2', 'off'))
    await settled()

    expect(begun).toMatchObject([
      true,
      'stale',
      'FlagSourceUnavailable',
      ['warn: flags are stale: flags: there is no document', 'info: flags are up to date again'],
    ])
    expect([banner(), live.status, live.lastFailure]).toEqual([false, 'ready', undefined])
    expect(events.map(({ type }) => type)).toEqual(['recovered', 'changed'])
    await live.close()
  })

  it('takes a document that the code does not fit, and warns of it with all that was found', async () => {
    const known = documentOf('1', 'on')
    const unknown = {
      banner: { enabled: true, type: 'string', variants: { on: 'yes' }, defaultVariant: 'on' },
    }
    const { live, banner, log } = await open({ source: objectSource({ ...known, flags: unknown }) })

    expect([banner(), live.status, live.evaluator.details('banner', {}).failure?.type]).toEqual([
      false,
      'ready',
      'FlagTypeMismatch',
    ])
    expect(log).toEqual([
      expect.stringMatching(/^warn: flags do not fit the code: .*flags\["banner"\]\.type/),
    ])
    await live.close()
  })

  it('begins with the bootstrap when the document of the source is bad, or older', async () => {
    const bootstrap = documentOf('2', 'on')

    for (const [document, type] of [
      [bad, 'InvalidFlagDocument'],
      [documentOf('1', 'off'), 'StaleFlagRevision'],
    ]) {
      const { live, banner } = await open({ source: objectSource(document), bootstrap })
      expect([banner(), live.status, live.lastFailure?.type]).toEqual([true, 'stale', type])
      await live.close()
    }
  })

  it('takes the source before the bootstrap', async () => {
    const source = objectSource(documentOf('2', 'on'))

    const { live, banner } = await open({ source, bootstrap: documentOf('1', 'off') })

    expect([banner(), live.status]).toEqual([true, 'ready'])
    await live.close()
  })

  it('fails with a bad bootstrap even where the source is well, before it is needed', async () => {
    const source = answering({ document: documentOf('1', 'on') })

    const opened = await LiveFlags.open(flags, { source, bootstrap: bad })

    expect(opened._unsafeUnwrapErr()).toMatchObject({ type: 'InvalidFlagDocument' })
    expect(source.asked).toBe(0)
  })

  it('does not take "unchanged" of a source that has answered somebody else', async () => {
    const opened = await LiveFlags.open(flags, { source: answering('unchanged') })

    expect(opened._unsafeUnwrapErr()).toMatchObject({
      type: 'FlagSourceUnavailable',
      message: expect.stringContaining('each reader needs its own source'),
    })
  })

  it('rejects with the reason of its signal, before and while it waits, and ends the load', async () => {
    const stop = new AbortController()
    const ends: unknown[] = []
    const source = sourceOf(({ signal } = {}) => {
      signal?.addEventListener('abort', () => ends.push(signal.reason.code))
      return new Promise(() => {})
    })

    const opening = LiveFlags.open(flags, { source, signal: stop.signal })
    await settled()
    stop.abort('enough')

    await expect(opening).rejects.toBe('enough')
    await expect(LiveFlags.open(flags, { source, signal: stop.signal })).rejects.toBe('enough')
    expect(ends).toEqual(['ASHLAR_FEATURE_FLAGS_CLOSED'])
  })

  it.each([{ pollMs: 0 }, { timeoutMs: Number.NaN }, { timeoutMs: 2 ** 31 }])(
    'refuses the option %o',
    async (option) => {
      const source = objectSource(documentOf('1', 'on'))

      await expect(LiveFlags.open(flags, { source, ...option })).rejects.toMatchObject({
        code: 'ASHLAR_FEATURE_FLAGS_INVALID_OPTION',
      })
    },
  )
})

describe('listeners of LiveFlags', () => {
  it('stop nothing by what they throw, at once or later, and the log says so', async () => {
    const source = objectSource(documentOf('1', 'off'))
    const { live, log, events, banner } = await open({ source })
    live.onChange(() => {
      throw new Error('at once')
    })
    live.onChange((async () => {
      throw new Error('later')
    }) as () => void)
    const after: string[] = []
    live.onChange(({ type }) => after.push(type))

    source.replace(documentOf('2', 'on'))
    const reloaded = await live.reload()
    await settled()

    expect([reloaded.isOk(), banner(), events.length, after]).toEqual([true, true, 1, ['changed']])
    expect(log).toEqual(['error: a listener to flags failed', 'error: a listener to flags failed'])
    await live.close()
  })

  it('hear nothing after they were taken off, each for itself', async () => {
    const source = objectSource(documentOf('1', 'off'))
    const { live } = await open({ source })
    const heard: string[] = []
    const listener = ({ type }: LiveFlagsEvent) => void heard.push(type)
    const off = live.onChange(listener)
    live.onChange(listener)

    off()
    off()
    source.replace(documentOf('2', 'on'))
    const reloaded = await live.reload()

    expect(reloaded.isOk()).toBe(true)
    expect(heard).toEqual(['changed'])
    await live.close()
  })

  it('hear nothing after another listener has taken them off, and nothing twice that comes meanwhile', async () => {
    const source = objectSource(documentOf('1', 'off'))
    const { live } = await open({ source })
    const heard: string[] = []
    const offs: (() => void)[] = []
    live.onChange(() => {
      for (const off of offs) off()
      live.onChange(() => heard.push('added'))
    })
    offs.push(live.onChange(() => heard.push('taken off')))

    source.replace(documentOf('2', 'on'))
    const reloaded = await live.reload()

    expect([reloaded.isOk(), heard]).toEqual([true, []])
    await live.close()
  })

  it('go on when the logger breaks', async () => {
    const broken = () => {
      throw new Error('disk full')
    }
    const logger = { debug: broken, info: broken, warn: broken, error: broken }
    const source = answering({ document: documentOf('1', 'on') }, new Error('down'))

    const { live, events } = await open({ source, logger })
    const reloaded = await live.reload()

    expect([reloaded.isErr(), live.status, events.length]).toEqual([true, 'stale', 1])
    await live.close()
  })
})

describe('LiveFlags.close', () => {
  it('ends what is under way, loads no more, tells by the last document, and may be called again', async () => {
    const source = objectSource(documentOf('1', 'on'))
    const { live, timer, events, banner } = await open({ source })
    await settled()

    await Promise.all([live.close(), live.close()])
    source.replace(documentOf('2', 'off'))
    await settled()

    expect([live.status, banner(), events, timer.waits]).toEqual(['closed', true, [], []])
    await expect(live.reload()).rejects.toMatchObject({ code: 'ASHLAR_FEATURE_FLAGS_CLOSED' })
    await live.close()
  })

  it('rejects those who wait for a load, and ignores what the source answers afterwards', async () => {
    const late = Promise.withResolvers<LoadedFlags>()
    let asked = 0
    const source = sourceOf(async () => (asked++ === 0 ? { document: documentOf('1', 'on') } : late.promise))
    const { live, banner, events, timer } = await open({ source })
    const waiting = [live.reload(), live.reload()].map((reloading) => reloading.catch((error) => error.code))
    await settled()

    await live.close()
    late.resolve({ document: documentOf('2', 'off') })
    await settled()

    expect(await Promise.all(waiting)).toEqual(['ASHLAR_FEATURE_FLAGS_CLOSED', 'ASHLAR_FEATURE_FLAGS_CLOSED'])
    expect([banner(), events, asked, timer.waits]).toEqual([true, [], 2, []])
  })

  it('ignores an answer that was late already when it was closed', async () => {
    const late = Promise.withResolvers<LoadedFlags>()
    let asked = 0
    const source = sourceOf(async () => (asked++ === 0 ? { document: documentOf('1', 'on') } : late.promise))
    const { live, banner, timer, events } = await open({ source, timeoutMs: 700 })
    const reloading = live.reload()
    await settled()
    timer.advance(700)
    const reloaded = await reloading

    await live.close()
    late.resolve({ document: documentOf('2', 'off') })
    await settled()

    expect([reloaded.isErr(), banner(), events.map(({ type }) => type)]).toEqual([true, true, ['refused']])
  })

  it('does not wait for a watch that minds no signal', async () => {
    const source: FlagSource = {
      ...answering({ document: documentOf('1', 'on') }),
      watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
    }
    const { live, timer } = await open({ source })
    await settled()

    await live.close()

    expect([live.status, timer.waits]).toEqual(['closed', []])
  })

  it('happens at the end of an `await using`', async () => {
    let seen: LiveFlags<typeof flags>
    {
      await using live = (await open({ source: objectSource(documentOf('1', 'on')) })).live
      seen = live
    }

    expect(seen.status).toBe('closed')
  })
})
