import { writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Logger, silentLogger, systemClock } from '@ashlar/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cardsOff, replaceFile, writeFlags } from '../../../test/flag-file.ts'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { openFlags } from './flag-file.ts'

const anybody = { targetingKey: 'ada' }
const folder = temporaryFolder()
let file = ''
beforeEach(() => {
  file = join(folder(), 'flags.json')
})

const opening = new Set<Promise<Awaited<ReturnType<typeof openFlags>>>>()
afterEach(async () => {
  for (const flags of await Promise.allSettled(opening))
    if (flags.status === 'fulfilled') await flags.value.close()
  opening.clear()
})

function open(logger: Logger = silentLogger, path: string | undefined = file) {
  const flags = openFlags({ file: path, clock: systemClock, logger })
  opening.add(flags)
  return flags
}

describe('openFlags', () => {
  it('tells flags by the file', async () => {
    await writeFlags(file, cardsOff)

    const flags = await open()

    expect(flags.status).toBe('ready')
    expect(flags.evaluator.enabled('pay-by-card', anybody)).toBe(false)
  })

  it('follows the document that comes with the shop unless told', async () => {
    const flags = await openFlags({ clock: systemClock, logger: silentLogger })

    expect(flags.status).toBe('ready')
    expect([...flags.evaluator.keys()]).toEqual(['express-shipping', 'pay-by-card', 'early-access'])
    await flags.close()
  })

  it.each<[string, (path: string) => Promise<void> | void]>([
    ['is missing', () => undefined],
    ['is empty', (path) => writeFileSync(path, '')],
    ['is half written', (path) => writeFileSync(path, '{"version":1,"flags":{"pay-by-card":{"ena')],
    ['is not UTF-8', (path) => writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]))],
    ['is a folder', async (path) => void (await mkdir(path))],
  ])('begins with the document that comes with the shop while the file %s, and warns', async (_, spoil) => {
    const warnings: string[] = []
    const logger: Logger = { ...silentLogger, warn: (_fields, message) => void warnings.push(message ?? '') }
    await spoil(file)

    const flags = await open(logger)

    expect(flags.status).toBe('stale')
    expect(flags.lastFailure).toMatchObject({ type: 'FlagSourceUnavailable' })
    expect(flags.evaluator.enabled('pay-by-card', anybody)).toBe(true)
    expect(warnings).toEqual([expect.stringContaining(file)])

    await rm(file, { recursive: true, force: true })
    await writeFlags(file, cardsOff)
    const reloaded = await flags.reload()

    expect(reloaded.isOk()).toBe(true)
    expect(flags.evaluator.enabled('pay-by-card', anybody)).toBe(false)
  })

  it.each<[string, string, readonly string[]]>([
    ['a page of HTML in quotes', '"<html>"', ['the document: expected']],
    ['a list', '[]', ['the document: expected']],
    ['another version', '{"version":2,"flags":{}}', ['version: expected version 1, found 2']],
    [
      'several mistakes',
      '{"version":1,"flags":{"pay-by-card":{"enabled":"yes","offVariant":"of"},"early-access":{"enabled":true,"percentageRollout":120}}}',
      [
        'flags["pay-by-card"].enabled: expected',
        'flags["pay-by-card"].offVariant: expected',
        'flags["early-access"].percentageRollout: expected',
      ],
    ],
    [
      'a key that every object has',
      '{"version":1,"flags":{"__proto__":{"enabled":true}}}',
      ['flags["__proto__"]: expected'],
    ],
  ])('does not begin with %s, and says what is wrong, finding by finding', async (_, text, findings) => {
    await replaceFile(file, text)

    const refused = await open().catch((error: Error) => error)

    expect(refused).toMatchObject({ name: 'FlagDocumentError', code: 'SHOP_FLAG_DOCUMENT' })
    const [first, ...lines] = (refused as Error).message.split('\n')
    expect(first).toContain(file)
    expect(lines).toEqual(findings.map((finding) => expect.stringContaining(finding)))
  })

  it('tells the first hundred of very many findings, and how many more there are', async () => {
    const flags = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`flag-${index}`, 7]))
    await replaceFile(file, JSON.stringify({ version: 1, flags }))

    const { message } = (await open().catch((error: Error) => error)) as Error

    expect(message.split('\n')).toHaveLength(102)
    expect(message).toContain('and 50 more')
  })
})
