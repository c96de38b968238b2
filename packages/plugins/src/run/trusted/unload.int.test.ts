import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { collectGarbage } from '../../../test/collect-garbage.ts'
import { hostSide, plannedBundle, plannedPlugin } from '../../../test/planned-plugin.ts'
import { definePlugin } from '../../contract/define-plugin.ts'
import type { RunningPlugin } from '../runner.ts'
import { TrustedRunner } from './trusted-runner.ts'

const never = new AbortController().signal
const runner = new TrustedRunner()
const folder = await mkdtemp(join(tmpdir(), 'ashlar-unload-'))
const file = join(folder, 'file.txt')
await writeFile(file, 'text')
afterAll(() => rm(folder, { recursive: true }))

/** Runs a bundle whose `activate` is the given text, and stops it. */
async function stopped(activate: string, rest = '', by = runner): Promise<RunningPlugin> {
  const source = `exports.default = { async activate(context) { ${activate} }, ${rest} }`
  const running = (
    await by.start(plannedBundle(source, { points: [] }), hostSide(), { signal: never })
  )._unsafeUnwrap()
  expect(await running.stop(1_000)).toEqual([])
  return running
}

const path = JSON.stringify(file)

describe('what a plugin leaves is ended and named:', () => {
  it.each([
    ['an interval', 'setInterval(() => {}, 1000)', 'timer', 'setInterval of 1000 ms'],
    ['a timer', 'setTimeout(() => {}, 60_000).unref()', 'timer', 'setTimeout of 60000 ms'],
    ['a global timer', 'globalThis.setInterval(() => {}, 5)', 'timer', 'setInterval of 5 ms'],
    ['a timer by require', 'require("timers").setTimeout(() => {}, 5000)', 'timer', 'setTimeout of 5000 ms'],
    [
      'a timer set anew',
      'const t = setTimeout(() => {}, 9000); clearTimeout(t); t.refresh(); setTimeout(() => {}, 8000)',
      'timer',
      'setTimeout of 8000 ms',
    ],
    ['a delay', 'require("timers/promises").setTimeout(7000)', 'timer', 'setTimeout of 7000 ms'],
    ['a promisified timer', 'require("util").promisify(setTimeout)(7000)', 'timer', 'setTimeout of 7000 ms'],
    [
      'ticks',
      '(async () => { for await (const _ of require("timers/promises").setInterval(7000)); })()',
      'timer',
      'setInterval of 7000 ms',
    ],
    [
      'many timers',
      'for (let i = 0; i < 500; i++) setTimeout(() => {}, 9000)',
      'timer',
      'setTimeout of 9000 ms (500 times)',
    ],
    ['a listener', 'process.on("ashlar-test", () => {})', 'listener', 'process "ashlar-test"'],
    [
      'a listener for once',
      'process.prependOnceListener("ashlar-test", () => {})',
      'listener',
      'process "ashlar-test"',
    ],
    [
      'a listener in a chain',
      'process.once("ashlar-one", () => {}).on("ashlar-test", () => {}).emit("ashlar-one")',
      'listener',
      'process "ashlar-test"',
    ],
    [
      'a listener by require',
      'require("node:process").addListener("ashlar-test", () => {})',
      'listener',
      'process "ashlar-test"',
    ],
    ['a watched file', `require("fs").watchFile(${path}, () => {})`, 'listener', `fs.watchFile ${path}`],
    ['a watcher', `require("fs").watch(${path})`, 'handle', 'fs.watch'],
    ['an open file', `this.kept = await require("fs/promises").open(${path})`, 'handle', 'fs/promises.open'],
    [
      'an open file by fs.promises',
      `this.kept = await require("fs").promises.open(${path})`,
      'handle',
      'fs/promises.open',
    ],
    ['a stream', `this.kept = require("fs").createReadStream(${path})`, 'handle', 'fs.createReadStream'],
    [
      'a folder',
      `this.kept = require("fs").opendirSync(${JSON.stringify(folder)})`,
      'handle',
      'fs.opendirSync',
    ],
    [
      'a server',
      'const s = require("net").createServer(); await new Promise((r) => s.listen(0, "127.0.0.1", r))',
      'handle',
      'net.createServer',
    ],
    [
      'a server of a class of its own',
      'const { Server } = require("http"); class Mine extends Server {}; const s = new Mine(); if (!(s instanceof Mine && s instanceof Server && !(new Server() instanceof Mine))) throw new Error(); await new Promise((r) => s.listen(0, "127.0.0.1", r))',
      'handle',
      'http.Server',
    ],
    [
      'a datagram socket',
      'const s = require("dgram").createSocket("udp4"); await new Promise((r) => s.bind(0, r))',
      'handle',
      'dgram.createSocket',
    ],
    [
      'a thread',
      'const w = new (require("worker_threads").Worker)("setInterval(() => {}, 1000)", { eval: true }); await require("events").once(w, "online")',
      'handle',
      'worker_threads.Worker',
    ],
    [
      'a port',
      'const c = new (require("worker_threads").MessageChannel)(); c.port1.on("message", () => {}); this.kept = c',
      'handle',
      'worker_threads.MessageChannel (2 times)',
    ],
    [
      'a child',
      'const c = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]); await require("events").once(c, "spawn")',
      'handle',
      'child_process.spawn',
    ],
    [
      'a database',
      'this.kept = new (require("node:sqlite").DatabaseSync)(":memory:")',
      'handle',
      'sqlite.DatabaseSync',
    ],
    [
      'lines',
      'this.kept = require("readline").createInterface({ input: new (require("stream").PassThrough)() })',
      'handle',
      'readline.createInterface',
    ],
  ])('%s', async (_, activate, kind, what) => {
    const running = await stopped(activate)

    expect(await running.unloaded).toEqual({ collected: false, leaked: [{ kind, what }] })
    expect(process.listenerCount('ashlar-test')).toBe(0)
  })

  it('a client, and the connection of a server that was closed', async () => {
    const server = createServer((socket) => void socket.on('close', () => server.close()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const closed = new Promise((resolve) => server.on('close', resolve))

    const running = await stopped(`
      const net = require('net')
      const own = net.createServer(() => {})
      await new Promise((resolve) => own.listen(0, '127.0.0.1', resolve))
      const ours = net.connect(own.address().port, '127.0.0.1')
      await new Promise((resolve) => own.once('connection', resolve))
      own.close()
      await new Promise((resolve) => net.connect(${port}, '127.0.0.1', resolve))`)

    expect(await running.unloaded).toEqual({
      collected: false,
      leaked: [
        { kind: 'handle', what: 'net.connect (2 times)' },
        { kind: 'handle', what: 'net.createServer connection' },
      ],
    })
    await closed
  })

  it.each([
    [
      'a name',
      'globalThis.leftName = 1',
      'globalThis.leftName',
      () => Reflect.deleteProperty(globalThis, 'leftName'),
    ],
    [
      'a name without let',
      'leftName = 1',
      'globalThis.leftName',
      () => Reflect.deleteProperty(globalThis, 'leftName'),
    ],
    [
      'a member of every object',
      'Object.prototype.leftName = undefined; delete Object.prototype.other',
      'Object.prototype.leftName',
      () => Reflect.deleteProperty(Object.prototype, 'leftName'),
    ],
    [
      'a member by symbol',
      'Array.prototype[Symbol.for("left")] = 1',
      'Array.prototype[Symbol(left)]',
      () => Reflect.deleteProperty(Array.prototype, Symbol.for('left')),
    ],
    [
      'a function in place of another',
      'const { now } = Date; Date.now = () => now()',
      'Date.now',
      restoring(Date, 'now'),
    ],
  ])('%s that all share', async (_, activate, what, undo) => {
    const running = await stopped(activate)
    const next = await stopped('')

    const proof = await running.unloaded
    undo()
    expect(proof).toEqual({ collected: false, leaked: [{ kind: 'global', what }] })
    await collectGarbage(next.unloaded)
    expect(await next.unloaded).toEqual({ collected: true, leaked: [] })
  })
})

function restoring(owner: object, name: string): () => unknown {
  const before: unknown = Reflect.get(owner, name)
  return () => Reflect.set(owner, name, before)
}

describe('nothing is left by a plugin that', () => {
  it.each([
    ['does nothing', '', ''],
    [
      'has timers that ran, or were cleared in one way or another',
      `
      await new Promise((resolve) => setTimeout(resolve, 1)); await new Promise((resolve) => setImmediate(resolve))
      clearInterval(setInterval(() => {}, 9)); clearTimeout(+setTimeout(() => {}, 9)); setTimeout(() => {}, 9).close()
      await require('timers/promises').setTimeout(1); await require('util').promisify(setImmediate)()
      for await (const _ of require('timers/promises').setInterval(1)) break`,
      '',
    ],
    [
      'gives up a delay',
      `
      const end = new AbortController()
      const waits = require('timers/promises').setTimeout(9000, 1, { signal: end.signal })
      end.abort(); await waits.catch(() => {})`,
      '',
    ],
    [
      'takes its listeners off',
      'this.told = () => {}; process.on("exit", this.told)',
      'deactivate() { process.off("exit", this.told) }',
    ],
    [
      'closes its server',
      'this.server = require("net").createServer(); await new Promise((r) => this.server.listen(0, "127.0.0.1", r))',
      'deactivate() { this.server.close() }',
    ],
    [
      'closes its files',
      `
      const fs = require('fs'); this.watcher = fs.watch(${path})
      const opened = await fs.promises.open(${path}); await opened.close()
      const folder = fs.opendirSync(${JSON.stringify(folder)}); folder.closeSync()
      await require('events').once(fs.createReadStream(${path}).resume(), 'close')
      const told = () => {}; fs.watchFile(${path}, told); fs.unwatchFile(${path}, told)`,
      'deactivate() { this.watcher.close() }',
    ],
    [
      'waits for its child and its thread',
      `
      await require('events').once(require('child_process').spawn(process.execPath, ['-e', '']), 'exit')
      await require('events').once(new (require('worker_threads').Worker)('', { eval: true }), 'exit')`,
      '',
    ],
    [
      'makes servers that never listen, and agents that are idle',
      'this.kept = [require("http").createServer(), new (require("http").Agent)()]',
      '',
    ],
    [
      'removes the names that it made',
      'globalThis.leftName = 1',
      'deactivate() { delete globalThis.leftName }',
    ],
    [
      'has used what Node makes at first use',
      'globalThis.crypto.randomUUID(); void globalThis.fetch; void globalThis.WebSocket; void globalThis.navigator; performance.now()',
      '',
    ],
  ])('%s', async (_, activate, rest) => {
    const running = await stopped(activate, rest)

    await collectGarbage(running.unloaded)
    expect(await running.unloaded).toEqual({ collected: true, leaked: [] })
  })
})

describe('a plugin that is kept', () => {
  it('is told as a reference when the time is over, even by a function that uses nothing of it', async () => {
    const kept: unknown[] = []
    const quick = new TrustedRunner({ proofTimeoutMs: 50 })
    const plugin = plannedBundle(
      `exports.default = { activate: (context) => context.contribute({ id: 'demo.numbers' }, () => 1) }`,
    )
    const running = (await quick.start(plugin, hostSide(), { signal: never }))._unsafeUnwrap()
    kept.push(running.contributions.get('demo.numbers'))

    await running.stop(100)
    await collectGarbage()

    expect(await running.unloaded).toEqual({
      collected: false,
      leaked: [
        { kind: 'reference', what: 'plugin "demo.plugin" 1.0.0, still reached by somebody after 50 ms' },
      ],
    })
    expect(kept).toHaveLength(1)
  })

  it('by nobody, but had made handles that nobody keeps either, has left nothing', async () => {
    const source = `exports.default = {
      activate() {
        const { PassThrough } = require('stream')
        for (let at = 0; at < 10; at++) require('readline').createInterface({ input: new PassThrough() })
      },
    }`
    const start = await runner.start(plannedBundle(source, { points: [] }), hostSide(), { signal: never })
    const running = start._unsafeUnwrap()

    await collectGarbage()
    await running.stop(100)

    await collectGarbage(running.unloaded)
    expect(await running.unloaded).toEqual({ collected: true, leaked: [] })
  })

  it('as an object is told by its context, since the code is the host’s', async () => {
    const contexts: unknown[] = []
    const quick = new TrustedRunner({ proofTimeoutMs: 50 })
    const keeping = definePlugin({ activate: (context) => void contexts.push(context) })
    const letting = definePlugin({ activate: (context) => context.onDispose(() => {}) })

    const proofs = []
    for (const definition of [keeping, letting]) {
      const plugin = plannedPlugin({ kind: 'object', definition }, { points: [] })
      const running = (await quick.start(plugin, hostSide(), { signal: never }))._unsafeUnwrap()
      await running.stop(100)
      await collectGarbage(running.unloaded)
      proofs.push(await running.unloaded)
    }

    expect(proofs).toMatchObject([
      { collected: false, leaked: [{ kind: 'reference' }] },
      { collected: true, leaked: [] },
    ])
    expect(contexts).toHaveLength(1)
  })

  it('by nobody is collected even when it could not start, or when its start took too long', async () => {
    const held: WeakRef<object>[] = []
    const log = { ...hostSide().log, info: (fields: object) => void held.push(new WeakRef(fields)) }
    const time = new AbortController()
    const start = (activate: string) =>
      runner.start(
        plannedBundle(`exports.default = { activate(context) { context.log.info(() => {}); ${activate} } }`),
        { ...hostSide(), log },
        { signal: time.signal },
      )

    const broken = await start('throw new Error("no")')
    const missing = await start('')
    const late = start('return new Promise((resolve) => context.signal.addEventListener("none", resolve))')
    time.abort(new Error('time is over'))
    await expect(late).rejects.toThrow('time is over')
    await collectGarbage()

    expect([broken.isErr(), missing.isErr()]).toEqual([true, true])
    expect(held.map((kept) => kept.deref())).toEqual([undefined, undefined, undefined])
  })

  it('can begin nothing any more that would go on', async () => {
    const lines: string[] = []
    const host = {
      ...hostSide(),
      log: { ...hostSide().log, info: (_: object, text = '') => void lines.push(text) },
    }
    const plugin = plannedBundle(`
      exports.default = {
        activate(context) {
          context.contribute({ id: 'demo.numbers' }, async () => {
            setImmediate(() => context.log.info({}, 'too late'))
            process.on('ashlar-late', () => {})
            const server = require('net').createServer()
            await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
            return server
          })
        },
      }`)
    const running = (await runner.start(plugin, host, { signal: never }))._unsafeUnwrap()
    const late = running.contributions.get('demo.numbers')
    await running.stop(100)

    const server = (await late?.(0, { signal: never, onCancel: () => {} })) as import('node:net').Server

    expect(process.listenerCount('ashlar-late')).toBe(0)
    expect(lines).toEqual([])
    server.close()
  })
})

describe('reloads', () => {
  const reloads = process.env.ASHLAR_DEEP ? 2_000 : 200
  const functions = Array.from(
    { length: 600 },
    (_, at) => `exports.part${at} = (input) => ({ ...input, part: ${at}, text: 'the part number ${at}' })\n`,
  )
  const source = `${functions.join('')}
    const { createServer } = require('net')
    const table = Array.from({ length: 5000 }, (_, at) => at)
    exports.default = {
      activate(context) {
        this.timer = setInterval(() => table.length, 1000)
        process.on('exit', exports.part1)
        context.signal.addEventListener('abort', () => table.length)
        context.contribute({ id: 'demo.numbers' }, (input) => input + table.length)
      },
      deactivate() {
        clearInterval(this.timer)
        process.off('exit', exports.part1)
      },
    }`

  async function reload(): Promise<RunningPlugin> {
    const running = (await runner.start(plannedBundle(source), hostSide(), { signal: never }))._unsafeUnwrap()
    const add = running.contributions.get('demo.numbers')
    expect(add?.(1, { signal: never, onCancel: () => {} })).toBe(5_001)
    expect(await running.stop(1_000)).toEqual([])
    return running
  }

  it(`of a plugin of 50 kB, ${reloads} times, leave nothing`, async () => {
    expect(source.length).toBeGreaterThan(50_000)
    const first = await reload()
    await collectGarbage(first.unloaded)
    await collectGarbage()
    const before = process.memoryUsage().heapUsed

    const all: RunningPlugin[] = []
    for (let at = 0; at < reloads; at++) all.push(await reload())
    const proofs = Promise.all(all.map((running) => running.unloaded))
    await collectGarbage(proofs)

    expect((await proofs).filter(({ collected }) => collected)).toHaveLength(reloads)
    all.length = 0
    await collectGarbage()
    expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(2)
  })
})
