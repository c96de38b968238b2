import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { releaseOnSignals } from './release-on-signals.ts'

const program = fileURLToPath(new URL('../../test/health/ending-process.ts', import.meta.url))
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe('a process that releases on signals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'drains all, gives all back in order, and ends by %s',
    async (signal) => {
      const ending = await started('all')

      ending.child.kill(signal)

      expect(await ending.end).toEqual([null, signal])
      expect(ending.lines).toEqual([
        'up',
        'health true',
        'lease drained',
        'lease released',
        'server disposed',
        'registry closed',
      ])
    },
  )

  it('tells probes that it drains, goes on serving meanwhile, and lets a request end that has begun', async () => {
    const ending = await started('serving')
    const port = ending.lines.find((line) => line.startsWith('port '))?.slice(5)
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
    const begun = get('/slow')
    await ending.saying('request begun')
    const before = await get('/health/ready')

    ending.child.kill('SIGTERM')
    await expect.poll(async () => (await get('/health/ready')).status).toBe(503)
    const during = await get('/let-go')

    expect(before.status).toBe(200)
    expect(await during.text()).toBe('served')
    expect(await (await begun).text()).toBe('served')
    expect(await ending.end).toEqual([null, 'SIGTERM'])
  })

  it('does not stop at one that fails or hangs', async () => {
    const ending = await started('failing')

    ending.child.kill('SIGTERM')

    expect(await ending.end).toEqual([null, 'SIGTERM'])
    expect(ending.lines).toEqual([
      'up',
      'warned drain',
      'warned drain',
      'warned release',
      'warned release',
      'last closed',
    ])
  })

  it('ends at once by a second signal', async () => {
    const ending = await started('hanging')
    ending.child.kill('SIGTERM')
    await ending.saying('draining')

    ending.child.kill('SIGINT')

    expect(await ending.end).toEqual([null, 'SIGINT'])
  })

  it('ends at once by a second signal even if others listen', async () => {
    const ending = await started('listened-hanging')
    ending.child.kill('SIGTERM')
    await ending.saying('draining')

    ending.child.kill('SIGTERM')

    expect(await ending.end).toEqual([143, null])
  })

  it('goes on living where it is told to', async () => {
    const ending = await started('staying')

    ending.child.kill('SIGTERM')

    expect(await ending.end).toEqual([0, null])
    expect(ending.lines).toEqual(['up', 'closed', 'stayed'])
  })

  it('ends as ever once the listeners are off', async () => {
    const ending = await started('stopped')

    ending.child.kill('SIGTERM')

    expect(await ending.end).toEqual([null, 'SIGTERM'])
    expect(ending.lines).toEqual(['up'])
  })

  it('lets the slower of two finish', async () => {
    const ending = await started('two')

    ending.child.kill('SIGTERM')

    expect(await ending.end).toEqual([null, 'SIGTERM'])
    expect(ending.lines).toEqual(['up', 'first closed', 'second closed'])
  })

  it('leaves the end to others who listen', async () => {
    const ending = await started('listened')

    ending.child.kill('SIGTERM')

    expect(await ending.end).toEqual([7, null])
    expect(ending.lines).toEqual(['up', 'heard', 'closed', 'decided'])
  })
})

describe('releasing on signals', () => {
  it('leaves no listeners behind', () => {
    const before = process.listenerCount('SIGTERM')

    const stopListening = releaseOnSignals({})
    const during = process.listenerCount('SIGTERM')
    stopListening()

    expect([during, process.listenerCount('SIGTERM')]).toEqual([before + 1, before])
  })

  it.each([
    ['drainMs', { drainMs: -1 }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['signals', { signals: ['SIGNOTHING' as NodeJS.Signals] }],
    ['signals', { signals: ['SIGTERM', 'SIGKILL'] as const }],
    ['signals', { signals: ['constructor' as NodeJS.Signals] }],
  ])('refuses a bad "%s" by its name', (option, options) => {
    const before = process.listenerCount('SIGTERM')

    expect(() => releaseOnSignals({}, options)).toThrow(`option "${option}" must be `)
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })
})

async function started(name: string) {
  const child = spawn(process.execPath, ['--conditions=@ashlar/source', program, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const saying = (line: string) => expect.poll(() => lines, { timeout: 20_000 }).toContain(line)
  const end = once(child, 'close')
  await saying('up')
  return { child, lines, end, saying }
}
