import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startProcess } from './shop-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const stores = ['memory', 'sqlite'] as const
const invoices = fileURLToPath(new URL('replay-invoices.csv', import.meta.url))
const heading = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'
/** Longer than any test may take: its own limit ends it. */
const patienceMs = 600_000

describe('npm run shop -- replay', () => {
  const folder = temporaryFolder()

  it.each(
    stores.flatMap((store) =>
      (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => ({ store, signal })),
    ),
  )('goes at $signal on $store, and leaves nothing behind', async ({ store, signal }) => {
    const file = join(folder(), 'long.csv')
    const invoices = Array.from(
      { length: 20 },
      (_, number) => `${number},TEA,Tea,1,2024-01-01 10:00:00,2.5,7,Malta\n`,
    )
    writeFileSync(file, heading + invoices.map((line) => line.repeat(1_000)).join(''))
    const { child, ended } = started([file, '--store', store])
    const isAtWork = () =>
      readdirSync(folder(), { recursive: true }).some((name) => String(name).endsWith('providers.db'))
    await vi.waitUntil(isAtWork, { timeout: patienceMs })

    child.kill(signal)

    expect(await ended).toEqual({ code: 130, stderr: 'the replay was interrupted\n' })
    expect(readdirSync(folder())).toEqual(['long.csv'])
  })

  it.each(['SIGINT', 'SIGHUP'] as const)('goes at %s while it waits for a pipe', async (signal) => {
    const { child, ended, feed } = await startedOnPipe()
    await feed(heading)

    child.kill(signal)

    expect(await ended).toEqual({ code: 130, stderr: 'the replay was interrupted\n' })
    expect(readdirSync(folder())).toEqual(['pipe'])
  })

  if (existsSync('/proc/self/fd'))
    it('goes at SIGINT while nobody has opened the other end of a pipe', async () => {
      const pipe = namedPipe()
      const { child, ended } = started([pipe])
      await vi.waitUntil(() => openFiles(child.pid).includes(pipe), { timeout: patienceMs })

      child.kill('SIGINT')

      expect(await ended).toEqual({ code: 130, stderr: 'the replay was interrupted\n' })
    })

  it('goes at once at the second SIGINT, and leaves nothing behind', async () => {
    const { child, ended, feed } = await startedOnPipe()
    await feed(heading)

    child.kill('SIGINT')
    child.kill('SIGINT')

    expect((await ended).code).toBe(130)
    expect(readdirSync(folder())).toEqual(['pipe'])
  })

  it('reads a pipe to its end', async () => {
    const { ended, feed } = await startedOnPipe()

    await feed(readFileSync(invoices, 'utf8'), 'end')

    expect(await ended).toEqual({ code: 0, stderr: '' })
  })

  /** Starts a replay whose temporary folder lies in that of the test. */
  function started(argv: readonly string[]) {
    const child = startProcess('../src/main.ts', ['replay', ...argv], { TMPDIR: folder() })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stdout.resume()
    const stderr = text(child.stderr)
    const ended = once(child, 'close').then(async ([code]) => ({ code, stderr: await stderr }))
    return { child, ended }
  }

  function namedPipe(): string {
    const pipe = join(folder(), 'pipe')
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe])
    return pipe
  }

  /** Starts a replay of a named pipe, and goes on when it has the pipe open. */
  async function startedOnPipe() {
    const pipe = namedPipe()
    const { child, ended } = started([pipe, '--store', 'memory'])
    const writer = await open(pipe, 'w') // waits for the reader
    onTestFinished(() => writer.close().catch(() => undefined))
    const feed = async (text: string, end?: 'end') => {
      await writer.write(text)
      if (end) await writer.close()
    }
    return { child, ended, feed }
  }
})

/** What a process has open; a file that it closes meanwhile is left out. */
function openFiles(pid: number | undefined): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((handle) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${handle}`)]
    } catch {
      return []
    }
  })
}
