import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FlagSource } from '../sources/flag-source.ts'

/** A source under test, and the other side of it. */
export interface FlagSourceProbe {
  /** The source; where it can be watched, it notices changes within some milliseconds. */
  readonly source: FlagSource
  /** Puts a document where the source finds it. */
  put(document: { readonly [key: string]: unknown }): unknown
  /** Takes the document away. */
  remove(): unknown
  /** Lets go of what was opened. */
  close?(): unknown
}

/**
 * Declares the tests that every source of flags passes: it answers what is there, `'unchanged'` only to who has had the
 * answer, throws by its name when there is nothing, misses no change, and lets go at once.
 *
 * @param name - of the source, for the report
 * @param open - gives a new source without a document; the contract closes it
 * @example
 * ```ts no-run
 * import { objectSource } from '@ashlar/feature-flags/sources'
 * import { flagSourceContract } from '@ashlar/feature-flags/testing'
 *
 * flagSourceContract('object', async () => {
 *   const source = objectSource(undefined)
 *   return {
 *     source,
 *     put: (document) => source.replace(document),
 *     remove: () => source.replace(undefined),
 *   }
 * })
 * ```
 */
export function flagSourceContract(name: string, open: () => Promise<FlagSourceProbe>): void {
  describe(`${name} keeps the flag source contract`, () => {
    let probe: FlagSourceProbe
    const load = (signal?: AbortSignal) => probe.source.load(signal ? { signal } : {})

    beforeEach(async () => {
      probe = await open()
    })
    afterEach(async () => probe.close?.())

    describe('load', () => {
      it('answers the document that is there', async () => {
        await probe.put(first)

        expect(await load()).toEqual({ document: first })
      })

      it('answers "unchanged" for as long as nothing is new, then the new document', async () => {
        await probe.put(first)
        await load()

        const again = [await load(), await load()]
        await probe.put(second)

        expect(again).toEqual(['unchanged', 'unchanged'])
        expect(await load()).toEqual({ document: second })
        expect(await load()).toBe('unchanged')
      })

      it('throws an Error that names the source where there is no document, and finds one that comes', async () => {
        await expect(load()).rejects.toThrow(probe.source.name)

        await probe.put(first)

        expect(await load()).toEqual({ document: first })
      })

      it('throws when the document has gone, and goes on when it is back', async () => {
        await probe.put(first)
        await load()

        await probe.remove()
        await expect(load()).rejects.toThrow(probe.source.name)
        await probe.put(second)

        expect(await load()).toEqual({ document: second })
      })

      it('rejects with the reason of a signal that was aborted before', async () => {
        await probe.put(first)

        await expect(load(AbortSignal.abort(enough))).rejects.toBe(enough)
        expect(await load()).toEqual({ document: first })
      })

      it('counts no answer that nobody got, when it is aborted meanwhile', async () => {
        await probe.put(first)
        const stop = new AbortController()

        const loading = load(stop.signal).catch((reason: unknown) => ({ reason }))
        stop.abort(enough)
        const loaded = await loading

        if (Object.hasOwn(Object(loaded), 'reason')) expect(loaded).toEqual({ reason: enough })
        else expect(loaded).toEqual({ document: first })
        const next = await load()
        expect(next).toEqual(Object.hasOwn(Object(loaded), 'reason') ? { document: first } : 'unchanged')
      })

      it('answers many who ask at once', async () => {
        await probe.put(first)

        const answers = await Promise.all(Array.from({ length: 8 }, () => load()))

        const documents = answers.filter((answer) => answer !== 'unchanged')
        expect(documents.length).toBeGreaterThan(0)
        expect(documents).toEqual(documents.map(() => ({ document: first })))
        expect(await load()).toBe('unchanged')
      })
    })

    describe('watch, where there is one', () => {
      const watch = (signal: AbortSignal) => probe.source.watch?.({ signal })[Symbol.asyncIterator]()

      it('wakes for each of many changes', async () => {
        await probe.put(first)
        const { until, stop } = follow(probe.source)
        await until(first)

        for (let revision = 2; revision <= 8; revision++) {
          await probe.put(documentOf(revision))
          await until(documentOf(revision))
        }

        await stop()
        expect(await load()).toBe('unchanged')
      })

      it('wakes for a change that came between the last load and the watching', async () => {
        await probe.put(first)
        await load()
        await probe.put(second)

        const { until, stop } = follow(probe.source)

        expect(await until(second)).toEqual(second)
        await stop()
      })

      it('wakes for a document that comes back after it was taken away', async () => {
        await probe.put(first)
        const { until, stop } = follow(probe.source)
        await until(first)

        await probe.remove()
        await probe.put(second)

        expect(await until(second)).toEqual(second)
        await stop()
      })

      it('ends at once when it is aborted', async () => {
        await probe.put(first)
        const stop = new AbortController()
        const rounds = watch(stop.signal)

        const ended = drain(rounds)
        stop.abort(enough)

        expect([undefined, enough]).toContain(await ended)
      })

      it('begins no more when it was aborted before', async () => {
        const rounds = watch(AbortSignal.abort(enough))

        expect([undefined, enough]).toContain(await drain(rounds))
      })
    })
  })
}

const documentOf = (revision: number) => ({ version: 1, revision: String(revision), flags: {} })
const [first, second] = [documentOf(1), documentOf(2)]
const enough = new Error('enough')

/** Loads whenever the source says so, as live flags do; only at once, where the source can't be watched. */
function follow(source: FlagSource): { until(wanted: object): Promise<unknown>; stop(): Promise<unknown> } {
  const end = new AbortController()
  let seen: unknown
  let tell = () => {}
  const look = async () => {
    const loaded = await source.load().catch(() => 'unchanged' as const)
    if (loaded !== 'unchanged') seen = loaded.document
    tell()
  }
  const following = (async () => {
    for await (const _ of source.watch?.({ signal: end.signal }) ?? []) await look()
  })().catch((error: unknown) => error)
  return {
    async until(wanted) {
      if (source.watch === undefined) await look()
      while (JSON.stringify(seen) !== JSON.stringify(wanted))
        await new Promise<void>((resolve) => {
          tell = resolve
        })
      return seen
    },
    stop() {
      end.abort(enough)
      return following
    },
  }
}

/** Goes through all rounds; what was thrown, or undefined at the end. */
async function drain(rounds: AsyncIterator<void> | undefined): Promise<unknown> {
  try {
    while (rounds !== undefined && !(await rounds.next()).done);
    return undefined
  } catch (error) {
    return error
  }
}
