import { describe, expect, it } from 'vitest'
import { answering, documentOf, open, settled, sourceOf } from '../../test/live-flags.ts'
import type { FlagSource, LoadedFlags } from '../sources/flag-source.ts'
import { objectSource } from '../sources/object-source.ts'

describe('LiveFlags in step with a source', () => {
  it('follows a source that can be watched, without asking by time', async () => {
    const source = objectSource(documentOf('1', 'off'))
    const { live, banner, timer } = await open({ source })
    await settled()

    source.replace(documentOf('2', 'on'))
    await settled()

    expect([banner(), timer.waits]).toEqual([true, []])
    await live.close()
  })

  it('asks a source that can not be watched every pollMs', async () => {
    const source = answering({ document: documentOf('1', 'off') }, { document: documentOf('2', 'on') })
    const { live, banner, timer } = await open({ source, pollMs: 1_000 })

    timer.advance(999)
    await settled()
    const early = [source.asked, banner()]
    timer.advance(1)
    await settled()

    expect([early, source.asked, banner(), timer.waits]).toEqual([[1, false], 2, true, [1_000]])
    await live.close()
  })

  it('rests by chance up to 1 s when the source has vanished, doubled with each failure up to 5 min', async () => {
    const document = { document: documentOf('1', 'on') }
    const failures = Array.from({ length: 11 }, () => new Error('gone'))
    const source = answering(document, ...failures, 'unchanged')
    const { live, timer, banner } = await open({ source, pollMs: 30_000 })
    timer.advance(30_000)
    await settled()

    const rests: (number | undefined)[] = []
    for (let failure = 0; failure < failures.length; failure++) {
      rests.push(timer.waits[0])
      timer.advance(timer.waits[0] ?? 0)
      await settled()
    }

    expect(rests.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000])
    expect(rests.slice(-2)).toEqual([150_000, 150_000])
    expect([live.status, banner(), timer.waits]).toEqual(['ready', true, [30_000]])
    await live.close()
  })

  it('asks a watched source again that has failed and says nothing', async () => {
    const { load } = answering({ document: documentOf('1', 'on') }, new Error('down'), 'unchanged')
    const source: FlagSource = { name: 'the source', load, watch: ({ signal }) => silentUntil(signal) }
    const { live, timer } = await open({ source, pollMs: 30_000 })
    const failed = await live.reload()

    const wait = timer.waits[0] ?? 0
    timer.advance(wait)
    await settled()

    expect([failed.isErr(), wait, live.status, timer.waits]).toEqual([true, 30_000, 'ready', []])
    await live.close()
  })

  it.each<[string, () => AsyncIterable<void>]>([
    [
      'can not be begun',
      () => {
        throw new Error('no watching here')
      },
    ],
    ['throws', () => rounds(new Error('too many watches'))],
    ['throws what has no text', () => rounds(Object.create(null))],
    ['ends', () => rounds()],
    ['is none', () => undefined as never],
  ])('asks by time where watching %s, warns once, and tries to watch again', async (_, watch) => {
    let watched = 0
    const answers = answering({ document: documentOf('1', 'off') }, { document: documentOf('2', 'on') })
    const source: FlagSource = {
      name: 'the source',
      load: answers.load,
      watch() {
        watched++
        return watch()
      },
    }
    const { live, timer, banner, log } = await open({ source, pollMs: 60_000 })
    await settled()

    const waits = timer.waits
    for (let again = 0; again < 5; again++) {
      timer.advance(timer.waits[0] ?? 0)
      await settled()
    }

    expect(waits).toEqual([500, 60_000])
    expect([watched, banner(), live.status]).toEqual([6, true, 'ready'])
    expect(log).toEqual(["warn: flags can't be watched, will be polled"])
    await live.close()
    expect(timer.waits).toEqual([])
  })

  it('ends by its timeout a load that never answers, and takes the answer when it comes at last', async () => {
    const late = Promise.withResolvers<LoadedFlags>()
    let asked = 0
    const source = sourceOf(async () => {
      if (++asked === 1) return { document: documentOf('1', 'off') }
      return asked === 2 ? late.promise : 'unchanged'
    })
    const { live, timer, banner } = await open({ source, timeoutMs: 700 })

    const reloading = live.reload()
    await settled()
    timer.advance(700)
    const reloaded = await reloading
    const status = live.status
    late.resolve({ document: documentOf('2', 'on') })
    await settled()

    expect(reloaded._unsafeUnwrapErr()).toMatchObject({
      type: 'FlagSourceUnavailable',
      message: 'the source: no answer within 700 ms',
    })
    expect([status, live.status, banner()]).toEqual(['stale', 'ready', true])
    await live.close()
  })

  it('takes an answer that is late though the source has meanwhile said that nothing had changed', async () => {
    const late = Promise.withResolvers<LoadedFlags>()
    const answers = [{ document: documentOf('1', 'off') }, late.promise]
    const source = sourceOf(async () => answers.shift() ?? 'unchanged')
    const { live, timer, banner } = await open({ source, timeoutMs: 700 })
    const reloading = live.reload()
    await settled()
    timer.advance(700)
    const reloaded = [await reloading, await live.reload()]

    late.resolve({ document: documentOf('2', 'on') })
    await settled()

    expect(reloaded.map((result) => result.isOk())).toEqual([false, true])
    expect([banner(), live.status, live.evaluator.revision]).toEqual([true, 'ready', '2'])
    await live.close()
  })

  it('does not let an answer that is late take the place of a newer one', async () => {
    const late = Promise.withResolvers<LoadedFlags>()
    let asked = 0
    const source = sourceOf(async () => {
      asked++
      return asked === 2 ? late.promise : { document: documentOf(`r${asked}`, asked === 1 ? 'off' : 'on') }
    })
    const { live, timer, banner } = await open({ source, timeoutMs: 700 })
    const reloading = live.reload()
    await settled()
    timer.advance(700)
    const failed = await reloading
    const newer = await live.reload()

    late.resolve({ document: documentOf('r2', 'off') })
    await settled()

    expect([failed.isErr(), newer.isOk(), banner(), live.evaluator.revision]).toEqual([
      true,
      true,
      true,
      'r3',
    ])
    await live.close()
  })

  it.each<[string, FlagSource['load']]>([
    [
      'throws at once',
      () => {
        throw new TypeError('broken')
      },
    ],
    ['rejects with what is no Error', () => Promise.reject('broken')],
    ['rejects with what has no text', () => Promise.reject(Object.create(null))],
    [
      'rejects with an Error whose message is none',
      () => Promise.reject(Object.assign(new Error(), { message: { code: 1 } })),
    ],
    ['answers nothing', async () => undefined as never],
    ['answers what is no promise', () => null as never],
  ])('goes stale by a source that %s', async (_, broken) => {
    let asked = 0
    const source = sourceOf((options) =>
      asked++ === 0 ? Promise.resolve({ document: documentOf('1', 'on') }) : broken(options),
    )
    const { live, banner, timer } = await open({ source })

    const reloaded = await live.reload()

    expect(reloaded._unsafeUnwrapErr().type).toBe('FlagSourceUnavailable')
    expect([live.status, banner(), timer.waits.length]).toEqual(['stale', true, 1])
    await live.close()
  })

  it("refuses for good a document on which an operator of one's own throws", async () => {
    const operator = {
      name: 'picky',
      operand: 'value' as const,
      attributes: ['string' as const],
      expects: () => undefined,
      test: () => {
        throw new Error('not this one')
      },
    }
    const when = { attribute: 'country', operator: 'picky', value: 'KR' }
    const document = documentOf('2', 'off')
    const rules = [{ id: 'r', when, serve: 'on' }]
    const picky = { ...document, flags: { banner: { ...document.flags.banner, rules } } }
    const source = answering({ document: documentOf('1', 'on') }, { document: picky }, 'unchanged')
    const { live, banner } = await open({ source, operators: [operator] })

    const reloaded = [await live.reload(), await live.reload()]

    expect(reloaded.map((result) => result.isErr())).toEqual([true, true])
    expect([banner(), live.status, live.evaluator.revision]).toEqual([true, 'stale', '1'])
    await live.close()
  })
})

async function* rounds(error?: Error): AsyncGenerator<void, void> {
  yield
  if (error !== undefined) throw error
}

async function* silentUntil(signal: AbortSignal): AsyncGenerator<void, void> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
}
