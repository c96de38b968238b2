import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hostSide, plannedBundle } from '../../../test/planned-plugin.ts'
import { InvalidPluginOptionError } from '../../contract/invalid-plugin-option-error.ts'
import type { Capability } from '../../manifest/plugin-manifest.ts'
import { defaultLimits } from '../../plan/plugin-limits.ts'
import type { PlannedPlugin } from '../../plan/plugin-plan.ts'
import { SocketChannel } from '../../rpc/socket-channel.ts'
import { ProcessRunner } from '../process/process-runner.ts'
import type { HostSide, RunningCall, RunningPlugin } from '../runner.ts'
import { WorkerRunner } from '../worker/worker-runner.ts'
import type { CarrierEnd, Launch } from './carrier.ts'
import { isolatedMain, permissionFlags } from './isolated-main.ts'
import { IsolatedRunner } from './isolated-runner.ts'

const call: RunningCall = { signal: new AbortController().signal, onCancel: () => {} }
const never = new AbortController().signal
const runners = { worker: WorkerRunner, process: ProcessRunner }
const levels = ['worker', 'process'] as const

/** A plugin whose one contribution has this body; it sees `input` and `context`. */
function doing(body: string, grants: readonly Capability[] = []): PlannedPlugin {
  const source = `exports.activate = (context) => {
    context.contribute({ id: 'demo.numbers' }, async (input, call) => { ${body} })
  }`
  return { ...plannedBundle(source), grants }
}

const forever = 'await new Promise(() => {})'

/** A plugin that sends a text of its own making instead of a line of its log. */
function forging(text: string): PlannedPlugin {
  return doing(`JSON.stringify = () => ${JSON.stringify(text)}; console.log(); ${forever}`)
}

async function started(
  level: (typeof levels)[number],
  plugin: PlannedPlugin,
  host: HostSide = hostSide(),
): Promise<RunningPlugin> {
  const running = (await new runners[level]().start(plugin, host, { signal: never }))._unsafeUnwrap()
  onTestFinished(async () => void (await running.stop(0)))
  return running
}

async function answerOf(running: RunningPlugin, input: unknown = null): Promise<unknown> {
  return running.contributions.get('demo.numbers')?.(input as null, call)
}

async function folder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'ashlar-granted-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

describe.each(levels)('a plugin on its own, at isolation %s', (level) => {
  it.each<[string, unknown]>([
    ['text in any script', '안녕 😀 \u0000 \u2028'],
    ['numbers', [0, -1.5, 1e300]],
    ['nothing', null],
    ['what is nested', { a: [{ b: { c: [null, true] } }] }],
    ['names that every object has', JSON.parse('{"__proto__":1,"constructor":2}')],
  ])('gets and gives back %s', async (_, value) => {
    const running = await started(level, doing('return input'))

    expect(JSON.stringify(await answerOf(running, value))).toBe(JSON.stringify(value))
  })

  it('is ended when it sends a message that is too large, though it goes round its own side', async () => {
    const plugin = doing('context.log.info({ text: "x".repeat(2 ** 21) }, "large")\n return 1')
    const host = hostSide()
    const running = await started(level, plugin, host)

    await expect(answerOf(running)).rejects.toThrow('more than 1048576 bytes')

    expect(host.lines).toEqual([['crashed', expect.objectContaining({ cause: 'message-size' })]])
    expect(await running.unloaded).toEqual({ collected: true, leaked: [] })
  })

  it('never sees what is too large for it', async () => {
    const running = await started(level, doing('return "seen"'))

    await expect(answerOf(running, 'x'.repeat(2 ** 20))).rejects.toThrow('at most 1048576 bytes')
    expect(await answerOf(running, 'small')).toBe('seen')
  })

  it('hears that a service’s answer is too large', async () => {
    const host = { ...hostSide(), services: new Set(['demo.ledger']), serve: async () => 'x'.repeat(2 ** 21) }
    const plugin = doing(
      'return context.use({ id: "demo.ledger" }).everything().catch((error) => error.message)',
    )

    expect(await answerOf(await started(level, plugin, host))).toContain('at most 1048576 bytes')
  })

  it('writes through console to the log', async () => {
    const host = hostSide()
    const running = await started(level, doing('console.warn("a", { b: 1 }, [2]); return 1'), host)

    await answerOf(running)

    expect(host.lines).toEqual([['warn', {}, 'a {"b":1} [2]']])
  })

  it('is stopped in the middle of a call', async () => {
    const running = await started(level, doing('await new Promise(() => {})'))

    const calling = answerOf(running)
    const refused = expect(calling).rejects.toThrow('has been stopped')
    expect(await running.stop(5_000)).toEqual([])

    await refused
    expect(await running.stop(5_000)).toEqual([])
  })

  it('is ended when starting is given up', async () => {
    const stop = new AbortController()
    const plugin = plannedBundle(
      'exports.activate = (context) => { context.log.info({}, "begun"); for (;;); }',
    )
    const begun = Promise.withResolvers<void>()
    const host = { ...hostSide(), log: { ...hostSide().log, info: () => begun.resolve() } }

    const starting = new runners[level]().start(
      level === 'worker'
        ? plugin
        : plannedBundle(
            'exports.activate = async (context) => { context.log.info({}, "begun"); await new Promise(() => {}) }',
          ),
      host,
      { signal: stop.signal },
    )
    await Promise.race([begun.promise, new Promise((resolve) => setTimeout(resolve, 500))])
    stop.abort(new Error('enough'))

    await expect(starting).rejects.toThrow('enough')
  })

  it('has the variables that were granted, and no other', async () => {
    process.env.ASHLAR_GRANTED = 'granted'
    process.env.ASHLAR_SECRET = 'secret'
    onTestFinished(() => {
      delete process.env.ASHLAR_GRANTED
      delete process.env.ASHLAR_SECRET
    })
    const plugin = doing('return process.env', [{ kind: 'env', names: ['ASHLAR_GRANTED', 'ASHLAR_NONE'] }])

    expect(await answerOf(await started(level, plugin))).toEqual({ ASHLAR_GRANTED: 'granted' })
  })

  it.each<[string, string]>([
    ['an object without text', '["note","denied",{"toString":null,"valueOf":null}]'],
    ['what is nested too deeply for text', `["note","denied",${'['.repeat(20_000)}${']'.repeat(20_000)}]`],
    ['a line of a level that is none', '["note","log",["constructor",{},"x"]]'],
  ])('forges a note with %s and is ended for it, and the host is not', async (_, note) => {
    const host = hostSide()
    const running = await started(level, forging(note), host)

    await expect(answerOf(running)).rejects.toThrow('a note that nobody knows')
    await running.unloaded

    expect(host.lines).toEqual([['crashed', expect.objectContaining({ cause: 'protocol' })]])
  })

  it('floods the host with what calls nothing off, and is ended for it', async () => {
    const body = `JSON.stringify = () => '["cancel",7]'; for (let i = 0; i < 50; i++) console.log(i); ${forever}`
    const limits = { ...defaultLimits, maxMessagesPerSecond: 10 }
    const running = await started(level, { ...doing(body), limits })

    await expect(answerOf(running)).rejects.toThrow('more than 10 messages a second')
  })

  it.each<[string, unknown]>([
    ['nothing', null],
    ['an outcome that is none', { outcome: 'splendid' }],
    ['a reason without text', { outcome: 'broken', reason: { toString: null } }],
    ['points that are no list', { outcome: 'contribution-missing', points: { join: 1 } }],
  ])('forges the end of its start as %s and is ended for it', async (_, outcome) => {
    const forged = JSON.stringify(JSON.stringify(['answer', 1, outcome]))
    const plugin = plannedBundle(
      `exports.activate = async () => { JSON.stringify = () => ${forged}; console.log(); ${forever} }`,
    )

    const start = await new runners[level]().start(plugin, hostSide(), { signal: never })

    expect(start._unsafeUnwrapErr()).toMatchObject({ type: 'PluginCrashed', cause: 'protocol' })
  })

  it('forges the end of its stop, and is stopped all the same', async () => {
    const running = await started(
      level,
      doing(`const { stringify } = JSON
        JSON.stringify = (value) => (Array.isArray(value) ? '[{"toString":null,"valueOf":null}]' : stringify(value))`),
    )
    await answerOf(running)

    expect(await running.stop(2_000)).toEqual(['it has not told how its stop ended'])
    expect(await running.unloaded).toEqual({ collected: true, leaked: [] })
  })

  it.each<[string, string]>([
    [
      'by the client that some globals bring along',
      `new Request('http://x/')
      const agent = globalThis[Symbol.for('undici.globalDispatcher.1')]
      const told = (what) => () => settle(what)
      agent.dispatch({ origin: 'http://127.0.0.1:' + input, path: '/', method: 'GET' }, {
        onConnect() {}, onHeaders: told('reached'), onData: told('reached'), onComplete: told('reached'),
        onRequestStart() {}, onResponseStart: told('reached'), onResponseData: told('reached'), onResponseEnd: told('reached'),
        onError: told('refused'), onResponseError: told('refused'),
      })`,
    ],
    [
      'by the socket of its own side, as the class of all emitters knows it',
      `const { EventEmitter } = require('events')
      const { emit } = EventEmitter.prototype
      let socket
      EventEmitter.prototype.emit = function (...args) {
        if (this._handle) socket = this
        return emit.apply(this, args)
      }
      await context.use({ id: 'demo.echo' }).echo().catch(() => {})
      EventEmitter.prototype.emit = emit
      const mine = new socket.constructor()
      mine.once('connect', () => settle('reached')).once('error', () => settle('refused'))
      mine.connect(input, '127.0.0.1')`,
    ],
    [
      'by what lies beneath that socket',
      `const { Readable } = require('stream')
      const { push } = Readable.prototype
      let handle
      Readable.prototype.push = function (...args) {
        handle = this._handle
        return push.apply(this, args)
      }
      await context.use({ id: 'demo.echo' }).echo().catch(() => {})
      Readable.prototype.push = push
      const pipe = new handle.constructor(0)
      settle(['connect', 'bind', 'listen', 'open'].some((name) => pipe[name]) ? 'reached' : 'refused')`,
    ],
  ])('reaches no network %s', async (_, body) => {
    const server = createServer((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const plugin = doing(`return new Promise(async (settle) => {
      try { ${body} } catch { settle('refused') }
    })`)
    const host = { ...hostSide(), services: new Set(['demo.echo']) }

    const running = await started(level, plugin, host)

    expect(await answerOf(running, (server.address() as AddressInfo).port)).toBe('refused')
  })

  it('runs in a spare, which is replaced, and ended with the runner', async () => {
    const runner = new runners[level]({ spares: 1 })
    expect((await runner.verify()).isOk()).toBe(true)

    const running = []
    for (let count = 0; count < 3; count++)
      running.push(
        (await runner.start(doing('return "here"'), hostSide(), { signal: never }))._unsafeUnwrap(),
      )
    const answers = await Promise.all(running.map((one) => answerOf(one)))
    await runner.close()
    await Promise.all(running.map((one) => one.stop(1_000)))

    expect(answers).toEqual(['here', 'here', 'here'])
  })

  it.each([-1, 1.5, 65, Number.NaN])('has no %d spares', (spares) => {
    expect(() => new runners[level]({ spares })).toThrow(InvalidPluginOptionError)
  })
})

describe('a plugin in a process', () => {
  it('reads and writes where it was granted to, and nowhere else', async () => {
    const path = await folder()
    await mkdir(join(path, 'granted'))
    await writeFile(join(path, 'granted', 'rates.json'), '1.25')
    await writeFile(join(path, 'neighbour.json'), 'secret')
    const plugin = doing(
      `const fs = require('node:fs')
       const attempt = (act) => { try { return act() } catch (error) { return error.code } }
       fs.writeFileSync(input + '/granted/new.json', '2')
       return [
         fs.readFileSync(input + '/granted/rates.json', 'utf8'),
         attempt(() => fs.readFileSync(input + '/neighbour.json', 'utf8')),
         attempt(() => fs.writeFileSync(input + '/other.json', '')),
       ]`,
      [
        { kind: 'fs.read', paths: [join(path, 'granted')] },
        { kind: 'fs.write', paths: [join(path, 'granted')] },
      ],
    )

    expect(await answerOf(await started('process', plugin), path)).toEqual([
      '1.25',
      'ERR_ACCESS_DENIED',
      'ERR_ACCESS_DENIED',
    ])
  })

  it('reaches the network where it was granted to', async () => {
    const plugin = doing(
      `return new Promise((resolve) => {
         const socket = require('net').connect(9, '127.0.0.1')
         socket.on('error', (error) => resolve(error.code))
         socket.on('connect', () => resolve('connected'))
       })`,
      [{ kind: 'net' }],
    )

    expect(await answerOf(await started('process', plugin))).toBe('ECONNREFUSED')
  })

  it.each<[string, string]>([
    [
      'by the constructor of a function',
      'return typeof context.log.info.constructor("return process")().kill',
    ],
    [
      'by the constructor of what process has',
      'return typeof process.hrtime.constructor("return process")().binding',
    ],
    ['by the inner side of console', 'return typeof console._stdout'],
    ['by modules within Node', 'return typeof process.getBuiltinModule'],
    [
      'by the main module',
      'return typeof require.main + typeof require.cache + typeof module.constructor._load',
    ],
    [
      'by what called it',
      'let seen = ""; Error.prepareStackTrace = (_, sites) => sites.map((site) => typeof site.getFunction()).join(); seen = new Error().stack; return seen.includes("function,function") ? "function" : "undefined"',
    ],
  ])('finds no way out %s', async (_, body) => {
    const running = await started('process', doing(body))

    expect(String(await answerOf(running)).replaceAll('undefined', '')).not.toMatch(/function/)
  })

  it.each<[string, string]>([
    ['import()', 'return import("node:net")'],
    ['eval', 'return (0, eval)("import(\'node:net\')")'],
    ['Function', 'return Function("return import(\'node:net\')")()'],
    [
      'an async function’s constructor',
      'return (async () => {}).constructor("return import(\'node:net\')")()',
    ],
  ])('imports no module by %s', async (_, body) => {
    const running = await started('process', doing(`await (async () => { ${body} })(); return 'imported'`))

    await expect(answerOf(running)).rejects.toThrow()
  })
})

describe('a level that is not enforced', () => {
  it.each<[string, (flags: readonly string[]) => readonly string[], NodeJS.ProcessEnv, string[]]>([
    [
      'without permissions',
      () => [],
      {},
      ['files outside can be read', 'files outside can be written', 'processes can be started'],
    ],
    [
      'with the database',
      (flags) => flags.filter((flag) => !flag.includes('sqlite')),
      {},
      ['databases can be opened'],
    ],
    ['with an environment', (flags) => flags, { SECRET: 'x' }, ['its environment has 1 variables']],
    [
      'with the right to start processes',
      (flags) => [...flags, '--allow-child-process'],
      {},
      ['processes can be started'],
    ],
  ])('is refused: %s', async (_, flagsOf, env, unmet) => {
    const runner = new IsolatedRunner('process', launchWith(flagsOf, env), {})

    const verified = await runner.verify()

    const refused = verified._unsafeUnwrapErr()
    expect(refused).toMatchObject({ type: 'IsolationUnavailable', isolation: 'process' })
    expect(refused.unmet).toEqual(expect.arrayContaining(unmet))
  })

  it('is refused when the trial itself fails', async () => {
    const runner = new IsolatedRunner(
      'process',
      launchWith(() => ['--no-such-flag'], {}),
      {},
    )

    const refused = (await runner.verify())._unsafeUnwrapErr()

    expect(refused.unmet).toEqual([expect.stringContaining('the trial has failed')])
  })
})

/** Starts processes as a host would that has made a mistake. */
function launchWith(
  flagsOf: (flags: readonly string[]) => readonly string[],
  env: NodeJS.ProcessEnv,
): Launch {
  return (terms, maxMessageBytes, listener) => {
    const flags = flagsOf(permissionFlags(terms))
    const child: ChildProcess = spawn(process.execPath, [...flags, isolatedMain], {
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const ended = Promise.withResolvers<CarrierEnd>()
    child.once('close', () => ended.resolve({ cause: 'exit', detail: 'it has ended' }))
    return {
      channel: new SocketChannel(child.stdio[3] as Socket, maxMessageBytes, listener),
      ended: ended.promise,
      async end() {
        child.kill('SIGKILL')
        await ended.promise
        return true
      },
      hold: () => {},
    }
  }
}
