import { getQuickJS } from 'quickjs-emscripten'
import { describe, expect, it } from 'vitest'
import { collectGarbage } from '../../../test/collect-garbage.ts'
import { hostSide, plannedBundle } from '../../../test/planned-plugin.ts'
import { InvalidPluginOptionError } from '../../contract/invalid-plugin-option-error.ts'
import type { PlannedPlugin } from '../../plan/plugin-plan.ts'
import type { RunningCall, RunningPlugin } from '../runner.ts'
import { quickJsRunner } from './quickjs-runner.ts'

const quickjs = await getQuickJS()
const call: RunningCall = { signal: new AbortController().signal, onCancel: () => {} }
const contexts = process.env.ASHLAR_DEEP ? 2_000 : 200
const mebibyte = 2 ** 20

/** A plugin that contributes one function to the point `demo.numbers`. */
const contributing = (body: string, rest = ''): PlannedPlugin =>
  plannedBundle(`exports.activate = (context) => {
    context.contribute({ id: 'demo.numbers' }, ${body})
  }
  ${rest}`)

async function started(plugin: PlannedPlugin, host = hostSide(), maxSteps = 1_000): Promise<RunningPlugin> {
  const runner = quickJsRunner(quickjs, { maxSteps })
  return (await runner.start(plugin, host, { signal: new AbortController().signal }))._unsafeUnwrap()
}

async function answerOf(running: RunningPlugin, input: unknown = null): Promise<unknown> {
  return running.contributions.get('demo.numbers')?.(input as null, call)
}

async function withLimits(
  plugin: PlannedPlugin,
  limits: Partial<PlannedPlugin['limits']>,
): Promise<PlannedPlugin> {
  return { ...plugin, limits: { ...plugin.limits, ...limits } }
}

describe('quickJsRunner', () => {
  it.each<[string, string, unknown, unknown]>([
    ['what a function answers', '(input) => ({ doubled: input.value * 2 })', { value: 21 }, { doubled: 42 }],
    ['what a promise comes to', 'async (input) => { await null; return input + 1 }', 1, 2],
    ['nothing', '() => undefined', null, undefined],
    ['text in any script', '(input) => input + "!"', '안녕 😀 \u0000', '안녕 😀 \u0000!'],
    ['what a getter gives', '() => ({ get a() { return 1 } })', null, { a: 1 }],
    ['the signal of the call, which nobody has aborted', '(_, call) => call.signal.aborted', null, false],
  ])('answers with %s', async (_, body, input, answer) => {
    const running = await started(contributing(body))

    expect(await answerOf(running, input)).toEqual(answer)
    expect(await running.stop(1_000)).toEqual([])
    expect(await running.unloaded).toEqual({ collected: true, leaked: [] })
  })

  it.each<[string, string, string]>([
    ['throws', '() => { throw new RangeError("too far") }', 'RangeError: too far'],
    ['rejects', 'async () => { throw null }', 'null'],
    ['asks for a module', '() => require("node:fs")', 'may not require "node:fs"'],
    ['imports a module', 'async () => import("node:fs")', 'ReferenceError'],
    ['asks for process', '() => process.exit()', "'process' is not defined"],
    ['asks for timers', '() => setTimeout(() => {}, 1)', "'setTimeout' is not defined"],
    ['asks for the network', '() => fetch("http://localhost")', "'fetch' is not defined"],
    [
      'escapes by a constructor',
      '() => Reflect.constructor.constructor("return process")()',
      "'process' is not defined",
    ],
    ['calls itself for ever', '() => { const f = () => f() + 1; return f() }', 'InternalError'],
    ['has an answer in a circle', '() => { const a = {}; a.a = a; return a }', 'TypeError'],
  ])('rejects with the reason when it %s, and goes on', async (_, body, reason) => {
    const running = await started(contributing(body))

    await expect(answerOf(running)).rejects.toThrow(reason)
    expect(await running.isResponsive(1_000)).toBe(true)
    await running.stop(1_000)
  })

  it.each<[string, string]>([
    ['a loop', '() => { for (;;); }'],
    ['a loop in a promise', 'async () => { for (;;) await null }'],
    ['a loop that catches everything', '() => { for (;;) try { for (;;); } catch {} }'],
    [
      'promises that never run out',
      '() => { const again = () => Promise.resolve().then(again); return again() }',
    ],
    ['a loop in a job', '() => Promise.resolve().then(() => { for (;;); })'],
    ['a loop in a thenable', 'async () => ({ then() { for (;;); } })'],
    [
      'a loop in a job of an async generator',
      'async () => { for await (const _ of (async function* () { for (;;) yield 1 })()); }',
    ],
    ['a pattern that explodes', '() => /^(a+)+$/.test("a".repeat(64) + "b")'],
  ])('ends a plugin with %s, after so many steps', async (_, body) => {
    const host = hostSide()
    const running = await started(contributing(body), host, 200)

    await expect(answerOf(running)).rejects.toThrow('it has used up its 200 steps')

    expect(host.lines).toEqual([
      ['crashed', expect.objectContaining({ type: 'PluginCrashed', cause: 'unresponsive' })],
    ])
    expect(await running.unloaded).toEqual({ collected: true, leaked: [] })
  })

  it.each<[string, string]>([
    ['one list', '() => { const list = []; for (;;) list.push(list.length) }'],
    ['many lists', '() => { const lists = []; for (;;) lists.push(new Array(1000).fill({})) }'],
    ['a buffer of 2 GB', '() => new Uint8Array(2 ** 31).length'],
    ['text that doubles', '() => { let text = "x"; for (;;) text += text + text.length }'],
  ])('lets a plugin not have more memory than it may, by %s', async (_, body) => {
    const plugin = await withLimits(contributing(body), { maxMemoryBytes: 16 * mebibyte })
    const running = await started(plugin, hostSide(), 100_000)

    await expect(answerOf(running)).rejects.toThrow(/memory|invalid array|string too long|steps/)
    await running.stop(1_000)
  })

  it('takes as many steps for the same call each time', async () => {
    const source = contributing(
      '(times) => { let sum = 0; for (let i = 0; i < times; i++) sum += i; return sum }',
    )
    const outcomes = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const running = await started(source, hostSide(), 20)
        let times = 1_000
        while ((await answerOf(running, times).catch(() => undefined)) !== undefined)
          times = Math.ceil(times * 1.1)
        return times
      }),
    )

    expect(new Set(outcomes).size).toBe(1)
  })

  it('keeps plugins apart from the host and from each other', async () => {
    const polluting = await started(
      contributing('() => { Object.prototype.polluted = 1; JSON.parse = null; return 1 }'),
    )
    const other = await started(contributing('() => String({}.polluted)'))

    await answerOf(polluting)

    expect(await answerOf(other)).toBe('undefined')
    expect(Reflect.has({}, 'polluted')).toBe(false)
    await Promise.all([polluting.stop(1_000), other.stop(1_000)])
  })

  it('calls services of the host, and tells what they throw', async () => {
    const host = {
      ...hostSide(),
      services: new Set(['demo.ledger']),
      serve: async (service: string, method: string, args: readonly unknown[]) => {
        if (method === 'broken') throw new Error('no database')
        return { service, method, args }
      },
    }
    const running = await started(
      plannedBundle(`exports.activate = (context) => {
        const ledger = context.use({ id: 'demo.ledger' })
        context.contribute({ id: 'demo.numbers' }, async (method) => ledger[method](1, { two: 2 }))
      }`),
      host,
    )

    expect(await answerOf(running, 'balanceOf')).toEqual({
      service: 'demo.ledger',
      method: 'balanceOf',
      args: [1, { two: 2 }],
    })
    await expect(answerOf(running, 'broken')).rejects.toThrow('no database')
    await running.stop(1_000)
  })

  it.each<[string, string, object]>([
    ['does not parse', 'exports.activate = (', { type: 'PluginBroken' }],
    ['is no plugin', 'module.exports = 42', { type: 'PluginBroken' }],
    [
      'throws in activate',
      'exports.activate = () => { throw new Error("no") }',
      { type: 'PluginBroken', reason: 'Error: no' },
    ],
    [
      'contributes nothing',
      'exports.activate = () => {}',
      { type: 'ContributionMissing', points: ['demo.numbers'] },
    ],
    [
      'contributes where it may not',
      'exports.activate = (context) => context.contribute({ id: "demo.other" }, () => 1)',
      { type: 'PluginBroken', reason: expect.stringContaining('may not contribute to "demo.other"') },
    ],
    [
      'uses what it was not granted',
      'exports.activate = (context) => context.use({ id: "demo.ledger" })',
      { type: 'PluginBroken', reason: expect.stringContaining('may not use the service "demo.ledger"') },
    ],
    ['loops', 'exports.activate = () => { for (;;); }', { type: 'PluginCrashed', cause: 'unresponsive' }],
    [
      'is configured wrongly',
      'exports.config = { "~standard": { validate: () => ({ issues: [{ message: "no rate" }] }) } }; exports.activate = () => {}',
      { type: 'PluginConfigInvalid', reason: 'no rate' },
    ],
  ])('does not start a plugin that %s', async (_, source, failure) => {
    const runner = quickJsRunner(quickjs)

    const refused = await runner.start(plannedBundle(source), hostSide(), {
      signal: new AbortController().signal,
    })

    expect(refused._unsafeUnwrapErr()).toMatchObject(failure)
  })

  it('deactivates, disposes and tells what is thrown', async () => {
    const host = hostSide()
    const running = await started(
      plannedBundle(`
        exports.activate = (context) => {
          context.contribute({ id: 'demo.numbers' }, () => 1)
          context.onDispose(() => context.log.info({ what: 'first' }, 'disposed'))
          context.onDispose(() => { throw new Error('stuck') })
        }
        exports.deactivate = () => { throw null }`),
      host,
    )

    const problems = await running.stop(1_000)

    expect(problems).toEqual(['deactivate threw null', 'onDispose threw Error: stuck'])
    expect(host.lines).toEqual([['info', { what: 'first' }, 'disposed']])
  })

  it('leaves nothing of plugins that were stopped', async () => {
    const once = async () => {
      const running = await started(contributing('(input) => input'))
      await answerOf(running, 1)
      await running.stop(1_000)
    }
    await once()
    await collectGarbage()
    const before = process.memoryUsage().heapUsed

    for (let count = 0; count < contexts; count++) await once()
    await collectGarbage()

    expect((process.memoryUsage().heapUsed - before) / mebibyte).toBeLessThan(2)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d steps', (maxSteps) => {
    expect(() => quickJsRunner(quickjs, { maxSteps })).toThrow(InvalidPluginOptionError)
  })
})
