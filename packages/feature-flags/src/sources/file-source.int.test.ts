import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { flagSourceContract } from '../testing/flag-source-contract.ts'
import { fileSource } from './file-source.ts'

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-flags-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Looks by itself as good as never, so that only the folder's news can wake it. */
flagSourceContract('fileSource, by the news of its folder', async () => {
  const path = join(newFolder(), 'flags.json')
  return {
    source: fileSource(path, { timer: manualTimer() }),
    put: (document) => writeFileSync(path, JSON.stringify(document)),
    remove: () => rmSync(path),
  }
})

flagSourceContract('fileSource, replaced by renaming', async () => {
  const path = join(newFolder(), 'flags.json')
  return {
    source: fileSource(path, { timer: manualTimer() }),
    put: (document) => {
      writeFileSync(`${path}.new`, JSON.stringify(document))
      renameSync(`${path}.new`, path)
    },
    remove: () => rmSync(path),
  }
})

/** As a cluster mounts its settings: the file is a link into a folder that is a link, and only that one is replaced. */
flagSourceContract('fileSource, behind a link that is replaced', async () => {
  const folder = newFolder()
  let versions = 0
  symlinkSync(join('..data', 'flags.json'), join(folder, 'flags.json'))
  const point = (version: string) => {
    symlinkSync(version, join(folder, '..new'))
    renameSync(join(folder, '..new'), join(folder, '..data'))
  }
  return {
    source: fileSource(join(folder, 'flags.json'), { timer: manualTimer() }),
    put: (document) => {
      const version = `v${++versions}`
      mkdirSync(join(folder, version))
      writeFileSync(join(folder, version, 'flags.json'), JSON.stringify(document))
      point(version)
    },
    remove: () => point('nothing'),
  }
})

describe('fileSource', () => {
  let path: string
  beforeEach(() => {
    path = join(newFolder(), 'flags.json')
  })

  it('takes a file URL, and calls itself by the path', () => {
    expect(fileSource(pathToFileURL(path)).name).toBe(`file ${path}`)
  })

  it('takes a file that was written again with the same content for no change', async () => {
    writeFileSync(path, '{"a":1}')
    const source = fileSource(path)
    await source.load()

    writeFileSync(path, '{"a":1}')

    expect(await source.load()).toBe('unchanged')
  })

  it('reads past a byte order mark', async () => {
    writeFileSync(path, '\uFEFF{"a":1}')

    expect(await fileSource(path).load()).toEqual({ document: { a: 1 } })
  })

  it.each<[string, string | Uint8Array, RegExp]>([
    ['half a document', '{"version":1,"fla', /expected a JSON document, found 17 characters/],
    ['nothing', '', /found an empty file/],
    ['a page', '<!doctype html>', /expected a JSON document/],
    ['what is no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), /utf-8/i],
  ])('throws on a file with %s, and goes on with the next good one', async (_, content, reason) => {
    writeFileSync(path, '{"a":1}')
    const source = fileSource(path)
    await source.load()
    writeFileSync(path, content)

    await expect(source.load()).rejects.toMatchObject({
      code: 'ASHLAR_FEATURE_FLAGS_SOURCE',
      message: expect.stringMatching(reason),
    })
    await expect(source.load()).rejects.toThrow(`file ${path}: `)
    writeFileSync(path, '{"a":1}')
    expect(await source.load()).toBe('unchanged')
  })

  it('reads a file of the largest size, and throws on one that is a byte larger', async () => {
    const source = fileSource(path, { maxBytes: 10 })

    writeFileSync(path, '"12345678"')
    const largest = await source.load()
    writeFileSync(path, '"123456789"')

    expect(largest).toEqual({ document: '12345678' })
    await expect(source.load()).rejects.toThrow('expected 10 bytes at most, found more')
  })

  it('never takes one half of the old and one of the new file, while it is being written in place', async () => {
    const write = (letter: string) => writeFileSync(path, `"${letter.repeat(500_000)}"`, { flag: 'r+' })
    writeFileSync(path, '')
    write('a')
    const torn: unknown[] = []

    for (let round = 0; round < 50; round++) {
      const source = fileSource(path)
      let hasEnded = false
      const loading = source.load().finally(() => {
        hasEnded = true
      })
      for (let turn = 0; turn < 20 && !hasEnded; turn++) {
        await setImmediate()
        if (turn % 4 === 0) write(turn % 8 === 0 ? 'b' : 'a')
      }
      const loaded = await loading
      const text = loaded === 'unchanged' ? '' : String(loaded.document)
      if (text !== text.charAt(0).repeat(500_000)) torn.push(new Set(text))
    }

    expect(torn).toEqual([])
  })

  it('throws on a file that is written all the time, and reads it when that is over', async () => {
    const source = fileSource(path)
    writeFileSync(path, '0')
    let hasEnded = false
    const loading = source
      .load()
      .catch((error: unknown) => error)
      .finally(() => {
        hasEnded = true
      })
    for (let turn = 1; !hasEnded; turn++) {
      writeFileSync(`${path}.new`, `${turn}`)
      renameSync(`${path}.new`, path)
      await setImmediate()
    }

    expect(String(await loading)).toContain(`file ${path}: it is being written`)
    writeFileSync(path, '"over"')
    expect(await source.load()).toEqual({ document: 'over' })
  })

  it('throws on a folder', async () => {
    mkdirSync(path)

    await expect(fileSource(path).load()).rejects.toThrow('expected a file, found something else')
  })

  it.each([{ maxBytes: 0 }, { maxBytes: 1.5 }, { pollMs: Number.NaN }, { pollMs: 2 ** 31 }])(
    'refuses the option %o',
    (option) => {
      expect(() => fileSource(path, option)).toThrow(
        expect.objectContaining({ code: 'ASHLAR_FEATURE_FLAGS_INVALID_OPTION' }),
      )
    },
  )

  describe('watch', () => {
    it('waits for a folder that is not there yet', async () => {
      const timer = manualTimer()
      const late = join(path, 'later', 'flags.json')
      const source = fileSource(late, { timer, pollMs: 1_000 })
      const rounds = source.watch?.({ signal: new AbortController().signal })[Symbol.asyncIterator]()
      await rounds?.next()

      mkdirSync(join(path, 'later'), { recursive: true })
      writeFileSync(late, '{}')
      await untilWaiting(timer)
      timer.advance(1_000)

      expect(await rounds?.next()).toMatchObject({ done: false })
      expect(await source.load()).toEqual({ document: {} })
      await rounds?.return?.()
    })

    it('goes on in a folder that was removed and made again', async () => {
      const timer = manualTimer()
      const folder = join(path, 'folder')
      const write = (text: string) => {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, 'flags.json'), text)
      }
      write('1')
      const source = fileSource(join(folder, 'flags.json'), { timer })
      await source.load()
      const rounds = source.watch?.({ signal: new AbortController().signal })[Symbol.asyncIterator]()
      await rounds?.next()
      await untilWaiting(timer)

      rmSync(folder, { recursive: true })
      write('2')
      timer.advance(5_000)
      let found: unknown = 'unchanged'
      while (found === 'unchanged') {
        await rounds?.next()
        found = await source.load().catch(() => 'unchanged')
      }

      await untilWaiting(timer)
      const woken = await nextOfQuiet(rounds)
      write('3')

      expect(found).toEqual({ document: 2 })
      expect(await woken.round).toMatchObject({ done: false })
      await rounds?.return?.()
    })

    it('sees by itself what the folder did not tell, and asks again after a load that failed', async () => {
      const timer = manualTimer()
      writeFileSync(path, '{')
      const source = fileSource(path, { timer })
      const rounds = source.watch?.({ signal: new AbortController().signal })[Symbol.asyncIterator]()
      await rounds?.next()
      await untilWaiting(timer)
      await rounds?.next()
      await source.load().catch(() => {})

      const woken = rounds?.next()
      timer.advance(5_000)

      expect(await woken).toMatchObject({ done: false })
      await rounds?.return?.()
    })

    it('sees a change that leaves size and time as they were', async () => {
      const timer = manualTimer()
      const write = (text: string) => {
        writeFileSync(path, text)
        utimesSync(path, 1_000, 1_000)
      }
      write('1')
      const source = fileSource(path, { timer })
      const rounds = source.watch?.({ signal: new AbortController().signal })[Symbol.asyncIterator]()
      await rounds?.next()
      await source.load()
      await untilWaiting(timer)

      const woken = await nextOfQuiet(rounds)
      write('2')

      expect(await woken.round).toMatchObject({ done: false })
      expect(await source.load()).toEqual({ document: 2 })
      await rounds?.return?.()
    })

    it('sees a link on the way to the file that is replaced, without waiting for its time', async () => {
      const timer = manualTimer()
      const folder = join(path, '..')
      for (const version of ['v1', 'v2']) {
        mkdirSync(join(folder, version))
        writeFileSync(join(folder, version, 'flags.json'), `"${version}"`)
      }
      symlinkSync('v1', join(folder, '..data'))
      symlinkSync('v2', join(folder, '..new'))
      symlinkSync(join('..data', 'flags.json'), path)
      const source = fileSource(path, { timer })
      const rounds = source.watch?.({ signal: new AbortController().signal })[Symbol.asyncIterator]()
      await rounds?.next()
      await untilWaiting(timer)
      await rounds?.next()

      const woken = rounds?.next()
      renameSync(join(folder, '..new'), join(folder, '..data'))

      expect(await woken).toMatchObject({ done: false })
      expect(await source.load()).toEqual({ document: 'v2' })
      await rounds?.return?.()
    })

    it('leaves nothing waiting when it ends', async () => {
      const timer = manualTimer()
      const rounds = fileSource(path, { timer }).watch?.({ signal: new AbortController().signal })
      for await (const _ of rounds ?? []) break
      await setImmediate()

      utimesSync(join(path, '..'), 1, 1)

      expect(timer.waits).toEqual([])
    })
  })
})

async function untilWaiting(timer: ManualTimer): Promise<void> {
  while (timer.waits.length === 0) await setImmediate()
}

/** Waits until nothing comes round by itself any more; the next round, not waited for. */
async function nextOfQuiet(rounds: AsyncIterator<void> | undefined) {
  for (;;) {
    const round = rounds?.next()
    let hasCome = false
    void round?.then(() => {
      hasCome = true
    })
    for (let turn = 0; turn < 50 && !hasCome; turn++) await setImmediate()
    if (!hasCome) return { round }
  }
}
