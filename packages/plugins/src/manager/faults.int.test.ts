import { orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { type Bundle, bundleSource } from '../../test/bundles.ts'
import { greet, offeredLedger } from '../../test/test-host.ts'
import { PluginLoader } from '../load/plugin-loader.ts'
import type { Isolation } from '../manifest/plugin-manifest.ts'
import type { PluginLimits } from '../plan/plugin-limits.ts'
import type { PluginEvent } from './plugin-event.ts'
import { PluginManager } from './plugin-manager.ts'

const levels = ['worker', 'process'] as const

/** Does what it is told to: everything that can go wrong, and a greeting for everybody else. */
const moody = (version = '1.0.0'): Bundle => ({
  id: 'moody',
  version,
  points: ['demo.greet'],
  manifest: { needs: [{ kind: 'service', id: 'demo.ledger' }] },
  source: `
    let waiting
    module.exports = {
      activate(context) {
        const ledger = context.use({ id: 'demo.ledger' })
        context.contribute({ id: 'demo.greet' }, async (name, call) => {
          switch (name) {
            case 'exit': process.exit(7)
            case 'loop': for (;;);
            case 'hang': return new Promise(() => {})
            case 'reject': Promise.reject(new Error('nobody looks')); return new Promise(() => {})
            case 'throw': throw new Error('no luck')
            case 'wait': return new Promise((resolve) => { waiting = resolve })
            case 'go on': waiting('waited'); return 'gone on'
            case 'abort': return new Promise((resolve) => {
              call.signal.addEventListener('abort', () => context.log.info({}, 'aborted'))
            })
            case 'balance': return String(await ledger.balanceOf('c-42'))
            case 'secrets': return String(await ledger.secrets())
            default: return 'Good day, ' + name + ' from ${version}'
          }
        })
      },
    }`,
})

function managerOf(
  bundles: readonly Bundle[],
  isolation: Isolation,
  limits: Partial<PluginLimits> = {},
): PluginManager {
  return new PluginManager({
    loader: new PluginLoader({ sources: [bundleSource(bundles)] }),
    engine: '1.0.0',
    apis: ['demo/1'],
    points: [greet],
    services: [offeredLedger],
    policy: () => ({ isolation, limits, grants: [{ kind: 'service', id: 'demo.ledger' }] }),
  })
}

async function loaded(bundles: readonly Bundle[], isolation: Isolation, limits?: Partial<PluginLimits>) {
  const manager = managerOf(bundles, isolation, limits)
  const report = (await manager.loadPlugins())._unsafeUnwrap()
  expect(report.problems).toEqual([])
  return manager
}

/** The next event of a kind, from now on. */
async function next(manager: PluginManager, isWanted: (event: PluginEvent) => boolean): Promise<PluginEvent> {
  for await (const event of manager.events({ signal: AbortSignal.timeout(30_000) }))
    if (isWanted(event)) return event
  throw new Error('the events ended before')
}

const becomes = (state: string) => (event: PluginEvent) => event.type === 'state' && event.to === state

describe.each(levels)('a plugin at isolation %s', (isolation) => {
  it('answers, and uses the services that it was granted', async () => {
    await using manager = await loaded([moody()], isolation)

    expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('Good day, Ada from 1.0.0')
    expect((await manager.call(greet, 'balance'))._unsafeUnwrap()).toBe('4')
  })

  it('is told what it may not do, and the host is, too', async () => {
    await using manager = await loaded([moody()], isolation)
    const denied = next(manager, ({ type }) => type === 'denied')

    const called = await manager.call(greet, 'secrets')

    expect(called._unsafeUnwrapErr()).toMatchObject({ type: 'PluginCallThrew', plugin: 'moody' })
    expect(await denied).toMatchObject({
      plugin: 'moody',
      what: 'call "secrets" of the service "demo.ledger"',
    })
  })

  it.each([
    ['ends', 'exit', { type: 'PluginGone' }],
    ['lets a rejection go unhandled', 'reject', { type: 'PluginGone' }],
    ['throws', 'throw', { type: 'PluginCallThrew', reason: 'Error: no luck' }],
  ])('is to blame when it %s in a call', async (_, name, expected) => {
    await using manager = await loaded([moody()], isolation)

    const called = await manager.call(greet, name)

    expect(called._unsafeUnwrapErr()).toMatchObject({ ...expected, plugin: 'moody', point: 'demo.greet' })
  })

  it('is started again after a crash, and all calls in flight are told', async () => {
    await using manager = await loaded([moody()], isolation)
    const active = next(manager, becomes('active'))

    const called = await Promise.all([
      manager.call(greet, 'hang'),
      manager.call(greet, 'wait'),
      manager.call(greet, 'exit'),
    ])
    await active
    const again = await manager.call(greet, 'Ada')

    for (const gone of called)
      expect(gone._unsafeUnwrapErr()).toMatchObject({ type: 'PluginGone', plugin: 'moody' })
    expect(again._unsafeUnwrap()).toBe('Good day, Ada from 1.0.0')
    expect(manager.getPlugin('moody')?.metrics).toMatchObject({ restarts: 1, faults: 1, inFlight: 0 })
  })

  it('that loops for ever is ended and started again', async () => {
    await using manager = await loaded([moody()], isolation)
    const fault = next(manager, (event) => event.type === 'fault' && event.failure.type === 'PluginCrashed')
    const active = next(manager, becomes('active'))

    const called = await manager.call(greet, 'loop', { timeoutMs: 50 })

    expect(called._unsafeUnwrapErr()).toMatchObject({
      type: 'PluginCallTimedOut',
      plugin: 'moody',
      timeoutMs: 50,
    })
    expect(await fault).toMatchObject({ failure: { cause: 'unresponsive' } })
    await active
    expect((await manager.call(greet, 'Ada')).isOk()).toBe(true)
  })

  it('that only does not answer goes on', async () => {
    await using manager = await loaded([moody()], isolation)

    const waiting = manager.call(greet, 'wait')
    const hanging = await manager.call(greet, 'hang', { timeoutMs: 30 })
    await orThrow(manager.call(greet, 'go on'))

    expect(hanging._unsafeUnwrapErr().type).toBe('PluginCallTimedOut')
    expect((await waiting)._unsafeUnwrap()).toBe('waited')
    expect(manager.getPlugin('moody')?.metrics.restarts).toBe(0)
  })

  it('hears that its caller has given up', async () => {
    const lines: unknown[] = []
    const log = (_: object, message?: string) => void lines.push(message)
    const manager = new PluginManager({
      loader: new PluginLoader({ sources: [bundleSource([moody()])] }),
      engine: '1.0.0',
      apis: ['demo/1'],
      points: [greet],
      services: [offeredLedger],
      policy: () => ({ isolation, grants: [{ kind: 'service', id: 'demo.ledger' }] }),
      logger: { debug: log, info: log, warn: log, error: log },
    })
    await using _ = manager
    await orThrow(manager.loadPlugins())
    const stop = new AbortController()

    const calling = manager.call(greet, 'abort', { signal: stop.signal })
    stop.abort(new Error('enough'))

    await expect(calling).rejects.toThrow('enough')
    await expect.poll(() => lines).toContain('aborted')
  })

  it('is quarantined when it crashes too often, and comes back by a reload', async () => {
    const bundles = [moody()]
    await using manager = await loaded(bundles, isolation, { maxFaults: 3 })
    const quarantined = next(manager, becomes('quarantined'))

    for (let crash = 1; crash <= 3; crash++) {
      const active = next(manager, becomes('active'))
      expect((await manager.call(greet, 'exit')).isErr()).toBe(true)
      if (crash < 3) await active
    }
    await quarantined
    const refused = await manager.call(greet, 'Ada')
    bundles[0] = moody('1.0.1')
    const reloaded = await manager.reload('moody')

    expect(refused._unsafeUnwrapErr().type).toBe('NoContribution')
    expect(reloaded._unsafeUnwrap()).toMatchObject({ to: '1.0.1' })
    expect((await manager.call(greet, 'Ada'))._unsafeUnwrap()).toBe('Good day, Ada from 1.0.1')
  })

  it('is replaced while it is called, and no call fails', async () => {
    const bundles = [moody('1.0.0')]
    await using manager = await loaded(bundles, isolation)
    const answers: string[] = []
    let isOver = false
    const calling = (async () => {
      while (!isOver) answers.push((await manager.call(greet, 'Ada'))._unsafeUnwrap())
    })()

    const proofs: boolean[] = []
    for (const version of ['1.0.1', '1.0.2', '1.0.3']) {
      bundles[0] = moody(version)
      const reloaded = (await manager.reload('moody'))._unsafeUnwrap()
      proofs.push((await reloaded.proof).collected)
    }
    isOver = true
    await calling

    expect(proofs).toEqual([true, true, true])
    expect([...new Set(answers)].map((answer) => answer.slice(-5))).toEqual([
      '1.0.0',
      '1.0.1',
      '1.0.2',
      '1.0.3',
    ])
    expect(manager.getPlugin('moody')?.metrics.failures).toBe(0)
  })

  it('is gone when it is unloaded', async () => {
    await using manager = await loaded([moody()], isolation)

    const unloaded = (await manager.unloadPlugin('moody'))._unsafeUnwrap()

    expect(await unloaded.proof).toEqual({ collected: true, leaked: [] })
    expect(unloaded.problems).toEqual([])
  })
})
