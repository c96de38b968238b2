import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { defineFlags, type FlagSource, flag } from '@ashlar/feature-flags'
import { LiveFlags, type LiveFlagsEvent, type LiveFlagsListener } from '@ashlar/feature-flags/live'
import { flagSourceContract } from '@ashlar/feature-flags/testing'
import { orThrow } from '@ashlar/result'
import { SqliteFlagSource } from '@ashlar/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'ashlar-flags-')), 'shop.db')
})
afterEach(() => rmSync(join(path, '..'), { recursive: true, force: true }))

const open = () => SqliteFlagSource.open({ path, pollMs: 5 })

/** Another connection removes, as nothing in this one does. */
function removeDocument(): void {
  const database = new DatabaseSync(path)
  database.exec("pragma busy_timeout = 5000; delete from flag_documents where name = 'default'")
  database.close()
}

flagSourceContract('SqliteFlagSource', async () => {
  const source = await open()
  return {
    source,
    put: (document) => source.save(document),
    remove: removeDocument,
    close: () => source.close(),
  }
})

flagSourceContract('SqliteFlagSource, saved to by another connection', async () => {
  const [source, other] = [await open(), await open()]
  return {
    source,
    put: (document) => other.save(document),
    remove: removeDocument,
    close: () => Promise.all([source.close(), other.close()]),
  }
})

describe('live flags over an SQLite file', () => {
  const flags = defineFlags({ banner: flag.boolean() })
  const documentOf = (defaultVariant: string) => ({
    version: 1,
    flags: { banner: { enabled: true, type: 'boolean', variants: { on: true, off: false }, defaultVariant } },
  })

  it('follow what is saved by another connection, and keep the last good document through a bad one', async () => {
    await using source = await open()
    await using editor = await open()
    await orThrow(editor.save(documentOf('off')))
    const fits: FlagSource = source
    await using live = (await LiveFlags.open(flags, { source: fits }))._unsafeUnwrap()
    const { until } = eventsOf(live)

    await orThrow(editor.save(documentOf('on')))
    const changed = await until('changed')
    const enabled = live.evaluator.enabled('banner', { targetingKey: 'u-1' })
    await orThrow(editor.save({ version: 1, flags: { banner: { enabled: 'perhaps' } } }))
    const refused = await until('refused')
    await orThrow(editor.save(documentOf('on')))
    await until('recovered')

    expect(changed).toEqual({ type: 'changed', revision: '2', changed: ['banner'] })
    expect(enabled).toBe(true)
    expect(refused).toMatchObject({ failure: { type: 'InvalidFlagDocument' } })
    expect([live.status, live.evaluator.revision]).toEqual(['ready', '4'])
  })

  it('go stale when the file vanishes', async () => {
    await using source = await open()
    await orThrow(source.save(documentOf('on')))
    await using live = (await LiveFlags.open(flags, { source }))._unsafeUnwrap()
    const { until } = eventsOf(live)

    rmSync(path)

    expect(await until('refused')).toMatchObject({
      failure: { type: 'FlagSourceUnavailable', cause: { code: 'ASHLAR_SQLITE_FILE_GONE' } },
    })
    expect(live.evaluator.enabled('banner', { targetingKey: 'u-1' })).toBe(true)
  })
})

/** Waits for an event that has not been waited for yet. */
function eventsOf(live: { onChange(listener: LiveFlagsListener): unknown }): {
  until(type: LiveFlagsEvent['type']): Promise<LiveFlagsEvent>
} {
  const waiting: LiveFlagsEvent[] = []
  let ring = () => {}
  live.onChange((event) => {
    waiting.push(event)
    ring()
  })
  return {
    async until(type) {
      for (;;) {
        const found = waiting.findIndex((event) => event.type === type)
        if (found >= 0) return waiting.splice(0, found + 1).at(-1) as LiveFlagsEvent
        await new Promise<void>((resolve) => {
          ring = resolve
        })
      }
    },
  }
}
