import { silentLogger } from '@ashlar/kernel'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { definePlugin, type PluginContext } from '../contract/define-plugin.ts'
import { extensionPoint } from '../contract/extension-point.ts'
import { service } from '../contract/service.ts'
import { Activation, type ActivationTerms } from './activation.ts'

const point = extensionPoint('demo.point', { input: v.string(), output: v.string(), mode: 'first' })
const other = extensionPoint('demo.other', { input: v.string(), output: v.string(), mode: 'first' })
const ledger = service<{ balanceOf(id: string): number }>('demo.ledger')

const neverAborted = new AbortController().signal

function terms(some: Partial<ActivationTerms> = {}): ActivationTerms & { readonly denials: string[] } {
  const denials: string[] = []
  return {
    id: 'demo',
    version: '1.2.3',
    config: undefined,
    points: new Set(['demo.point']),
    services: new Set(['demo.ledger']),
    log: silentLogger,
    serve: async (...call) => call.slice(0, 3),
    denied: (what) => void denials.push(what),
    denials,
    ...some,
  }
}

const contributing = (activate: (context: PluginContext<unknown>) => void | Promise<void> = () => {}) =>
  definePlugin({
    async activate(context) {
      context.contribute(point, (text) => text)
      await activate(context)
    },
  })

describe('Activation', () => {
  it('keeps what a plugin contributes', async () => {
    const activation = new Activation(contributing(), terms())

    const activated = await activation.activate()

    expect(activated).toEqual({ outcome: 'active' })
    expect(activation.contributions.get('demo.point')?.('echo', {})).toBe('echo')
  })

  it('hands on id, version and the configuration as the plugin’s schema has it', async () => {
    let seen: unknown
    const plugin = definePlugin({
      config: v.object({ rate: v.optional(v.number(), 3) }),
      activate(context) {
        seen = [context.plugin, context.config]
        context.contribute(point, (text) => text)
      },
    })

    await new Activation(plugin, terms({ config: {} })).activate()

    expect(seen).toEqual([{ id: 'demo', version: '1.2.3' }, { rate: 3 }])
  })

  it('does not activate on a configuration that does not fit', async () => {
    let isActivated = false
    const plugin = definePlugin({
      config: v.object({ rate: v.number('rate must be a number') }),
      activate: () => {
        isActivated = true
      },
    })

    const activated = await new Activation(plugin, terms({ config: { rate: 'two' } })).activate()

    expect(activated).toEqual({ outcome: 'config-invalid', reason: 'rate must be a number' })
    expect(isActivated).toBe(false)
  })

  it.each<[string, unknown, string]>([
    ['an error', new RangeError('too far'), 'RangeError: too far'],
    ['null', null, 'null'],
    ['what has no text', Object.create(null), 'something that has no text was thrown'],
    [
      'a frozen proxy that throws',
      new Proxy(Object.freeze({}), { get: () => fail() }),
      'something that has no text was thrown',
    ],
  ])('tells of an activate that throws %s', async (_, thrown, reason) => {
    const plugin = definePlugin({
      activate() {
        throw thrown
      },
    })

    expect(await new Activation(plugin, terms()).activate()).toEqual({ outcome: 'broken', reason })
  })

  it('misses contributions that the manifest lists', async () => {
    const activation = new Activation(
      contributing(),
      terms({ points: new Set(['demo.point', 'demo.other']) }),
    )

    expect(await activation.activate()).toEqual({ outcome: 'contribution-missing', points: ['demo.other'] })
  })

  it('refuses a point that the manifest does not list, and notes it', async () => {
    const known = terms()

    const activated = await new Activation(
      contributing((context) => context.contribute(other, (text) => text)),
      known,
    ).activate()

    expect(activated).toMatchObject({
      outcome: 'broken',
      reason: expect.stringContaining('PluginRefusedError'),
    })
    expect(known.denials).toEqual(['contribute to "demo.other"'])
  })

  it('refuses a second contribution to a point, and one that is no function', async () => {
    const twice = contributing((context) => context.contribute(point, (text) => text))
    const noFunction = definePlugin({ activate: (context) => context.contribute(point, 'text' as never) })

    expect(await new Activation(twice, terms()).activate()).toMatchObject({ outcome: 'broken' })
    expect(await new Activation(noFunction, terms()).activate()).toMatchObject({ outcome: 'broken' })
  })

  it('refuses contributions after activate', async () => {
    const kept: { context?: PluginContext<unknown> } = {}
    const activation = new Activation(
      contributing((context) => {
        kept.context = context
      }),
      terms(),
    )

    await activation.activate()

    expect(() => kept.context?.contribute(point, (text) => text)).toThrow('came later')
  })

  it('calls services by name, and is no promise itself', async () => {
    let answer: unknown
    const plugin = contributing(async (context) => {
      const remote = await context.use(ledger)
      const again = remote.balanceOf
      answer = [await remote.balanceOf('c-1'), again === remote.balanceOf]
    })

    await new Activation(plugin, terms()).activate()

    expect(answer).toEqual([['demo.ledger', 'balanceOf', ['c-1']], true])
  })

  it('refuses a service that was not granted, and notes it', async () => {
    const known = terms({ services: new Set() })

    const activated = await new Activation(
      contributing((context) => void context.use(ledger)),
      known,
    ).activate()

    expect(activated).toMatchObject({ outcome: 'broken' })
    expect(known.denials).toEqual(['use the service "demo.ledger"'])
  })

  it('deactivates, then disposes of the last one first, whatever is thrown', async () => {
    const done: string[] = []
    const plugin = definePlugin({
      activate(context) {
        context.contribute(point, (text) => text)
        context.signal.addEventListener('abort', () => done.push('signal'))
        context.onDispose(() => void done.push('first'))
        context.onDispose(async () => {
          done.push('second')
          throw new Error('stuck')
        })
      },
      deactivate() {
        done.push('deactivate')
        throw null
      },
    })
    const activation = new Activation(plugin, terms())
    await activation.activate()

    const problems = await activation.end(neverAborted)

    expect(done).toEqual(['signal', 'deactivate', 'second', 'first'])
    expect(problems).toEqual(['deactivate threw null', 'onDispose threw Error: stuck'])
    expect(activation.contributions.size).toBe(0)
    expect(await activation.end(neverAborted)).toEqual([])
  })

  it('disposes of what a failed activate has begun, without deactivate', async () => {
    const done: string[] = []
    const plugin = definePlugin({
      activate(context) {
        context.onDispose(() => void done.push('disposed'))
        throw new Error('half way')
      },
      deactivate: () => void done.push('deactivated'),
    })
    const activation = new Activation(plugin, terms())

    await activation.activate()
    await activation.end(neverAborted)

    expect(done).toEqual(['disposed'])
  })
})

function fail(): never {
  throw new Error('a trap')
}
