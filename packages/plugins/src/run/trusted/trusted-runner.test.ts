import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostSide, plannedBundle, plannedPlugin } from '../../../test/planned-plugin.ts'
import { definePlugin, type PluginContext } from '../../contract/define-plugin.ts'
import type { PlannedPlugin } from '../../plan/plugin-plan.ts'
import type { HostSide, RunningPlugin } from '../runner.ts'
import { TrustedRunner } from './trusted-runner.ts'

const never = new AbortController().signal
const runner = new TrustedRunner()

async function started(plugin: PlannedPlugin, host: HostSide = hostSide()): Promise<RunningPlugin> {
  return (await runner.start(plugin, host, { signal: never }))._unsafeUnwrap()
}

async function failed(plugin: PlannedPlugin, host: HostSide = hostSide()) {
  return (await runner.start(plugin, host, { signal: never }))._unsafeUnwrapErr()
}

describe('a trusted bundle', () => {
  it('contributes its own functions', async () => {
    const plugin = plannedBundle(`
      const double = (input) => input * 2
      module.exports = { activate: (context) => context.contribute({ id: 'demo.numbers' }, double), double }`)

    const running = await started(plugin)

    const double = running.contributions.get('demo.numbers')
    expect(double?.(21, { signal: never, onCancel: () => {} })).toBe(42)
    expect(double?.name).toBe('double')
    await running.stop(100)
  })

  it('has what a CommonJS file has, and may export its definition as default', async () => {
    const plugin = plannedBundle(`'use strict'
      exports.default = {
        activate(context) {
          const { basename } = require('node:path')
          context.contribute({ id: 'demo.numbers' }, () => [
            basename(__filename), require('path') === require('node:path'), this === exports, typeof process.pid,
            globalThis === global, globalThis.setTimeout === setTimeout, require('process') === process,
            require('timers').setTimeout === setTimeout, process.getBuiltinModule('fs') === require('fs'),
            globalThis.process === process, Object === globalThis.Object,
          ])
        },
      }
      //# source${'MappingURL'}=plugin.cjs.map`)

    const running = await started(plugin)

    const answer = running.contributions.get('demo.numbers')?.(0, { signal: never, onCancel: () => {} })
    expect(answer).toEqual(['plugin.cjs', true, false, 'number', true, true, true, true, true, true, true])
    await running.stop(100)
  })

  it('may declare the names of globals anew, as in any file', async () => {
    const plugin = plannedBundle(`'use strict'
      const process = require('node:process')
      const { setTimeout } = require('node:timers/promises')
      let global = this
      class globalThis {}
      var __ashlarPlugin = 1
      exports.default = {
        async activate(context) {
          const answer = [await setTimeout(1, process.pid), global === exports, typeof globalThis, line()]
          context.contribute({ id: 'demo.numbers' }, () => answer)
        },
      }
      function line() { return new Error().stack.split('plugin.cjs:')[1].split(':')[0] }`)

    const running = await started(plugin)

    const answer = running.contributions.get('demo.numbers')?.(0, { signal: never, onCancel: () => {} })
    expect(answer).toEqual([process.pid, true, 'function', '13'])
    await running.stop(100)
  })

  it.each([
    ['text that is no JavaScript', 'const a =\n\nconst', /SyntaxError.*\(line 3\)/],
    ['text that would end the function around it', '}) ; (function () {', /SyntaxError/],
    ['text that would open another', '/*', /SyntaxError/],
    ['an ES module', 'export default {}', /SyntaxError/],
    ['a throw at its top', '\n\nthrow new RangeError("no")', /^RangeError: no \(line 3\)$/],
    ['a thrown null', 'throw null', 'null'],
    ['a thrown object without text', 'throw Object.create(null)', /no text/],
    [
      'an error with a stack that throws',
      'throw Object.defineProperty(new Error("x"), "stack", { get() { throw 1 } })',
      'Error: x',
    ],
    ['no exports', '', /must be a plugin.*found object/],
    ['null as exports', 'module.exports = null', /must be a plugin.*found null/],
    ['an import()', 'module.exports = { activate: () => import("node:fs") }', /dynamic import/],
    ['a file that it requires', 'require("./other.cjs")', /modules of Node's, found "\.\/other\.cjs"/],
    [
      'an activate that rejects',
      'module.exports = { async activate() { throw new Error("later") } }',
      'Error: later',
    ],
  ])('is broken by %s', async (_, source, reason) => {
    const failure = await failed(plannedBundle(source, { points: [] }))

    expect(failure).toMatchObject({
      type: 'PluginBroken',
      plugin: 'demo.plugin',
      reason: expect.stringMatching(reason),
    })
  })

  it('tells a configuration that does not fit, and a contribution that is missing', async () => {
    const schema = `{ '~standard': { version: 1, vendor: 'x', validate: () => ({ issues: [{ message: 'bad' }] }) } }`

    const invalid = await failed(plannedBundle(`exports.default = { config: ${schema}, activate() {} }`))
    const missing = await failed(plannedBundle('exports.default = { activate() {} }'))

    expect(invalid).toMatchObject({ type: 'PluginConfigInvalid', reason: 'bad' })
    expect(missing).toMatchObject({ type: 'ContributionMissing', points: ['demo.numbers'] })
  })

  it('that could not start is disposed of, and what it left is ended and logged', async () => {
    const host = hostSide()

    const failure = await failed(
      plannedBundle(`exports.default = {
        activate(context) {
          context.onDispose(() => context.log.info({}, 'disposed'))
          setInterval(() => {}, 1000)
          throw new Error('half way')
        },
      }`),
      host,
    )

    expect(failure).toMatchObject({ type: 'PluginBroken', reason: 'Error: half way' })
    expect(host.lines).toEqual([
      ['info', {}, 'disposed'],
      [
        'warn',
        { leaked: [{ kind: 'timer', what: 'setInterval of 1000 ms' }] },
        'a plugin that could not start has left something',
      ],
    ])
  })
})

describe('a start that takes too long', () => {
  it('is undone: disposed of, its timers stopped, and what it does later refused', async () => {
    const host = hostSide()
    const time = new AbortController()
    const plugin = plannedBundle(
      `exports.default = {
        async activate(context) {
          context.onDispose(() => context.log.info({}, 'disposed'))
          setTimeout(() => {}, 60_000)
          await context.use({ id: 'demo.wait' }).forEver()
          context.onDispose(() => context.log.info({}, 'disposed late'))
          setImmediate(() => context.log.info({}, 'too late'))
          for (const act of [
            () => context.contribute({ id: 'demo.numbers' }, () => 1),
            () => context.use({ id: 'demo.wait' }),
          ])
            try { act() } catch (refused) { context.log.info({}, refused.name) }
        },
      }`,
    )
    const ended = Promise.withResolvers<void>()
    const waiting = Promise.withResolvers<void>()
    const serving: HostSide = {
      ...host,
      services: new Set(['demo.wait']),
      serve: () => {
        waiting.resolve()
        return ended.promise
      },
    }

    const start = runner.start(plugin, serving, { signal: time.signal })
    await waiting.promise
    time.abort(new Error('time is over'))
    await expect(start).rejects.toThrow('time is over')
    ended.resolve()
    await new Promise((resolve) => setImmediate(resolve))

    expect(host.lines.map(([, , text]) => text)).toEqual([
      'disposed',
      'a plugin that could not start has left something',
      'disposed late',
      'PluginRefusedError',
      'PluginRefusedError',
    ])
  })

  it('does not begin when the time is over already', async () => {
    const signal = AbortSignal.abort(new Error('time is over'))

    const start = runner.start(plannedBundle('globalThis.hasRun = true'), hostSide(), { signal })

    await expect(start).rejects.toThrow('time is over')
    expect(Object.hasOwn(globalThis, 'hasRun')).toBe(false)
  })
})

describe('a running plugin', () => {
  it('is probed, and is always responsive', async () => {
    const running = await started(
      plannedBundle('exports.default = { activate() {}, probe() { throw new Error("not yet") } }', {
        points: [],
      }),
    )

    await expect(running.probe()).rejects.toThrow('not yet')
    expect(await running.isResponsive(1)).toBe(true)
    await running.stop(100)
    await expect(running.probe()).rejects.toThrow('has been stopped')
  })

  it('tells what did not go as it should when it stopped, once', async () => {
    const running = await started(
      plannedBundle(
        `exports.default = {
          activate(context) {
            context.onDispose(() => { throw null })
            context.onDispose(() => Promise.reject(new Error('no')))
          },
          deactivate() { throw new Error('never') },
        }`,
        { points: [] },
      ),
    )

    const [problems, again] = await Promise.all([running.stop(100), running.stop(100)])

    expect(problems).toEqual([
      'deactivate threw Error: never',
      'onDispose threw Error: no',
      'onDispose threw null',
    ])
    expect(again).toBe(problems)
    expect(running.contributions.size).toBe(0)
  })

  it('is disposed of even when its deactivate never ends', async () => {
    const host = hostSide()
    const running = await started(
      plannedBundle(
        `exports.default = {
          activate(context) {
            context.onDispose(() => context.log.info({}, 'disposed'))
            context.onDispose(() => new Promise(() => {}))
          },
          deactivate: (signal) => new Promise(() => signal.addEventListener('abort', () => { globalThis.told = 1 })),
        }`,
        { points: [] },
      ),
      host,
    )

    const problems = await running.stop(5)

    expect(problems).toEqual(['deactivate did not end in time', 'onDispose did not end in time'])
    expect(host.lines).toEqual([['info', {}, 'disposed']])
    expect(Reflect.deleteProperty(globalThis, 'told')).toBe(true)
  })
})

describe('code that is not a bundle', () => {
  it('runs as a module, anew each time, and is never said to be unloaded', async () => {
    const file = join(tmpdir(), `ashlar-module-${process.pid}.mjs`)
    const plugin = plannedPlugin({ kind: 'module', file })
    const answers: unknown[] = []

    for (const version of [1, 2]) {
      await writeFile(
        file,
        `export default { activate: (context) => context.contribute({ id: 'demo.numbers' }, () => ${version}) }`,
      )
      const running = await started(plugin)
      answers.push(running.contributions.get('demo.numbers')?.(0, { signal: never, onCancel: () => {} }))
      await running.stop(100)
      expect(await running.unloaded).toEqual({ collected: false, leaked: [{ kind: 'module', what: file }] })
    }

    expect(answers).toEqual([1, 2])
  })

  it('is broken when the module is not there, or has no plugin', async () => {
    const file = join(tmpdir(), `ashlar-empty-${process.pid}.mjs`)
    await writeFile(file, 'export const a = 1')

    const absent = await failed(plannedPlugin({ kind: 'module', file: `${file}.absent.mjs` }))
    const empty = await failed(plannedPlugin({ kind: 'module', file }))

    expect(absent).toMatchObject({ type: 'PluginBroken' })
    expect(empty).toMatchObject({ type: 'PluginBroken', reason: expect.stringContaining('must be a plugin') })
  })

  it('runs as the object that it is', async () => {
    const contexts: PluginContext[] = []
    const definition = definePlugin({ activate: (context) => void contexts.push(context) })

    const running = await started(
      plannedPlugin({ kind: 'object', definition }, { points: [], config: { a: 1 } }),
    )

    expect(contexts[0]).toMatchObject({ plugin: { id: 'demo.plugin', version: '1.0.0' }, config: { a: 1 } })
    await running.stop(100)
    expect(contexts[0]?.signal.aborted).toBe(true)
  })
})

describe('the runner', () => {
  it('enforces nothing, and nothing can be missing for that', async () => {
    expect(runner.isolation).toBe('trusted')
    expect((await runner.verify()).isOk()).toBe(true)
    await expect(runner.close()).resolves.toBeUndefined()
  })

  it.each([0, -1, 1.5, Number.NaN, 2_147_483_648, '1' as unknown as number])(
    'refuses %s as the time for the proof',
    (proofTimeoutMs) => {
      expect(() => new TrustedRunner({ proofTimeoutMs })).toThrow('proofTimeoutMs must be a whole number')
    },
  )
})
