import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runProcess, startProcess } from './shop-process.ts'

const seeds = Array.from({ length: process.env.ASHLAR_DEEP ? 20 : 3 }, (_, index) => index + 1)
const runs = seeds.flatMap((seed) => (['sqlite', 'memory'] as const).map((store) => ({ seed, store })))
const escapeCode = String.fromCharCode(27)

const invoices = fileURLToPath(new URL('replay-invoices.csv', import.meta.url))
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const fullDisk = '/dev/full'

const demo = (argv: readonly string[], env?: NodeJS.ProcessEnv) =>
  runProcess('../src/main.ts', ['demo', ...argv], env)

type Told = {
  readonly ok: boolean
  readonly acts: readonly { readonly number: number; readonly lines: readonly { readonly text?: string }[] }[]
  readonly invariants: readonly { readonly name: string; readonly holds: boolean; readonly detail: string }[]
}

describe('npm run demo -- --json', () => {
  it.each(runs)('tells a story that holds, with seed $seed on $store', async ({ seed, store }) => {
    const { code, stdout, stderr } = await demo(['--json', '--seed', String(seed), '--store', store])

    expect(stderr).toBe('')
    const told: Told = JSON.parse(stdout)
    expect(told.invariants.filter(({ holds }) => !holds)).toEqual([])
    expect(told.invariants.length).toBeGreaterThanOrEqual(10)
    expect(told.acts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(told).toMatchObject({ seed, store, ok: true })
    expect(code).toBe(0)
  })

  it('prints one object with the promised parts, and nothing else', async () => {
    const { stdout } = await demo(['--json', '--store', 'memory'], { FORCE_COLOR: '1' })

    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stdout).not.toContain(escapeCode)
    const told: Told = JSON.parse(stdout)
    expect(Object.keys(told)).toEqual(['seed', 'store', 'acts', 'invariants', 'ok'])
    for (const one of told.invariants) expect(Object.keys(one)).toEqual(['name', 'holds', 'detail'])
    const texts = told.acts.flatMap(({ lines }) => lines.map(({ text }) => text))
    expect(texts).toContain('memory dies with its process, so this act runs on a file')
    expect(texts).toContain('it is replaced, among eight orders')
  })
})

describe('npm run demo -- --distributed', () => {
  it('tells one more act, in which services are killed and leave, and all of it holds', async () => {
    const { code, stdout, stderr } = await demo(['--json', '--distributed'])

    expect(stderr).toBe('')
    const told: Told = JSON.parse(stdout)
    expect(told.acts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(told.acts.at(-1)?.lines.map(({ text }) => text)).toContain(
      'orders that were completed all the same',
    )
    expect(told).toMatchObject({ ok: true })
    expect(code).toBe(0)
  })
})

describe('npm run demo', () => {
  it('prints plain lines of at most 80 columns into a pipe, and leaves no file behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-test-'))

    const { code, stdout } = await demo([], { TMPDIR: folder })

    expect(stdout).not.toContain(escapeCode)
    expect(stdout).toMatch(/(\d+) of \1 invariants hold · seed 1 · sqlite/)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(readdirSync(folder)).toEqual([])
    expect(code).toBe(0)
    await rm(folder, { recursive: true })
  })

  it('tells the same story for the same seed, and another one for another; plainly under NO_COLOR', async () => {
    const tell = async (seed: number, env: NodeJS.ProcessEnv) => {
      const { stdout } = await demo(['--seed', String(seed)], env)
      return stdout.replaceAll(/ +pid \d+/g, '')
    }

    const one = await tell(7, { NO_COLOR: '1', FORCE_COLOR: '1' })
    const again = await tell(7, { NO_COLOR: '1' })
    const other = await tell(8, {})

    expect(one).not.toContain(escapeCode)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  it('takes its folder and its worker with it when it is told to end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-test-'))
    const child = startProcess('../src/main.ts', ['demo'], { TMPDIR: folder })
    const ended = once(child, 'close')

    for await (const told of child.stdout.setEncoding('utf8'))
      if (told.includes('6  A declined card')) child.kill('SIGTERM')

    expect(await ended).toEqual([143, null])
    expect(readdirSync(folder)).toEqual([])
    await rm(folder, { recursive: true })
  })

  it('colours its lines where it is told to', async () => {
    const { stdout } = await demo(['--store', 'memory'], { FORCE_COLOR: '1' })

    expect(stdout).toContain(`${escapeCode}[32m✓`)
  })
})

describe('the command line', () => {
  it.each([
    [[], 'a command is missing'],
    [['dance'], 'there is no command "dance"'],
    [['constructor'], 'there is no command "constructor"'],
    [['demo', '--sotre', 'memory'], "Unknown option '--sotre'"],
    [['demo', 'again'], "Unexpected argument 'again'"],
    [['demo', '--store', 'tape'], '--store must be memory or sqlite, found "tape"'],
    [['demo', '--seed', '-1'], '--seed'],
    [['demo', '--seed', '1e3'], 'a whole number of up to 9 digits, found "1e3"'],
    [['demo', '--json=yes'], '--json'],
    [['customers'], '--directory is missing'],
    [['customers', '--directory', '.', '--trem', 'ada'], "Unknown option '--trem'"],
    [['worker'], '--directory is missing'],
    [['worker', '--directory', '.', '--lease-ms', '0'], 'a whole number from 1 to 2147483647, found "0"'],
    [['worker', '--directory', '.', '--lease-ms', '2147483648'], 'from 1 to 2147483647, found "2147483648"'],
  ])('refuses %j with code 2, says why, and how it is used', async (argv, problem) => {
    const { code, stdout, stderr } = await runProcess('../src/main.ts', argv)

    expect(stderr).toContain(problem)
    expect(stderr).toContain('Usage: npm run')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it.each<[string, readonly string[], NodeJS.ProcessEnv, string]>([
    ['a worker without its folder', ['worker', '--directory', '/no/such'], {}, 'ASHLAR_SQLITE_CANNOT_OPEN'],
    ['a demo without room for its files', ['demo'], { TMPDIR: '/no/such' }, 'ENOENT'],
    ['a replay without room for its files', ['replay', invoices], { TMPDIR: '/no/such' }, 'ENOENT'],
  ])('says in one line why it does not start %s', async (_, argv, env, code) => {
    const ended = await runProcess('../src/main.ts', argv, env)

    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(code)])
    expect(ended.stderr).toContain('/no/such')
  })

  it('ends quietly, with its folder, when nobody reads on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-test-'))
    const child = startProcess('../src/main.ts', ['demo'], { TMPDIR: folder })
    const [stderr, ended] = [text(child.stderr), once(child, 'close')]

    child.stdout.once('data', () => child.stdout.destroy())

    expect(await ended).toEqual([141, null])
    expect(await stderr).toBe('')
    expect(readdirSync(folder)).toEqual([])
    await rm(folder, { recursive: true })
  })

  if (existsSync(fullDisk))
    it('does not end well when its answer can not be kept', async () => {
      const argv = ['--conditions=@ashlar/source', main, 'demo', '--json', '--store', 'memory']
      const child = spawn(process.execPath, argv, { stdio: ['ignore', openSync(fullDisk, 'w'), 'pipe'] })
      const [stderr, ended] = [text(child.stderr as Readable), once(child, 'close')]

      expect(await ended).toEqual([1, null])
      expect(await stderr).toMatch(/^can't write the output: ENOSPC.*\n$/)
    })

  it.each([[['--help']], [['demo', '--help']], [['customers', '--help']], [['worker', '--help']]])(
    'explains itself with %j',
    async (argv) => {
      const { code, stdout } = await runProcess('../src/main.ts', argv)

      expect(stdout).toContain('Usage: npm run')
      expect(code).toBe(0)
    },
  )
})
